extension Templates {
    /// The page of one plugin, and the part of it that changes with the plugin.
    static let pluginPage = [
        "page-plugin": """
        {{<layout}}
        {{$kind}}wide{{/kind}}
        {{$content}}
        {{#story}}
        {{#plugin}}
        <section class="card" aria-labelledby="plugin-title">
        <div class="card-head"><h1 id="plugin-title" data-page="{{name}}">{{name}} <span class="soft">{{kind}}</span></h1></div>
        <div class="pad" id="plugin" data-fragment="/fragments{{href}}" data-on="plugin" data-about="{{name}}">
        {{/plugin}}
        {{> plugin}}
        </div>
        </section>
        {{/story}}
        {{/content}}
        {{/layout}}
        """,
        "plugin": """
        {{#story}}
        {{#plugin}}
        <dl class="about">
        <dt>state</dt><dd><span class="pill {{status}}">{{status}}</span>\
        {{#isDeleted}} <span class="soft">Its file is gone. A text that is kept brings it back: choose a generation below.</span>\
        {{/isDeleted}}</dd>
        <dt>generation</dt><dd id="generation">{{generation}}{{#older}} <span class="soft">{{older}}</span>{{/older}}</dd>
        <dt>from</dt><dd>{{root}}{{#shadows}} <span class="soft">in front of {{shadows}}</span>{{/shadows}}</dd>
        <dt>file</dt><dd><code>{{path}}</code></dd>
        {{#report}}<dt>last reload</dt><dd>{{report}}</dd>{{/report}}
        {{#error}}<dt>last error</dt><dd class="bad text">{{error}}</dd>{{/error}}
        </dl>
        {{/plugin}}
        <h2>Generations</h2>
        <div class="scroll"><table class="generations">
        <thead><tr><th scope="col" class="number">generation</th><th scope="col">since</th><th scope="col">hash</th><th scope="col">root</th>\
        <th scope="col">state</th></tr></thead>
        <tbody>
        {{#versions}}
        <tr data-key="version-{{number}}"><td class="number">{{numbers}}</td><td>{{#when}}{{> time}}{{/when}}</td>
        <td><code>{{hash}}</code></td><td>{{root}}</td>
        <td>{{#isLive}}<span class="pill live">live</span>{{/isLive}}{{#isAside}}<span class="soft">put aside</span>{{/isAside}}\
        {{#canGoBack}}<form method="post" action="{{action}}/rollback" data-key="back-{{number}}">
        <input type="hidden" name="back" value="{{href}}"><input type="hidden" name="to" value="{{number}}">
        <button aria-label="Roll back to generation {{number}}">Roll back</button></form>{{/canGoBack}}</td></tr>
        {{/versions}}
        {{^versions}}
        <tr data-key="none"><td colspan="5" class="soft">Nothing is kept of it here.</td></tr>
        {{/versions}}
        </tbody></table></div>
        <h2>Source</h2>
        {{#plugin}}{{#isDeleted}}<p class="small soft">This is what it had last; nothing runs it now.</p>{{/isDeleted}}{{/plugin}}
        {{#isOtherInFile}}<p class="small soft">This is what is live; its file holds another text.</p>{{/isOtherInFile}}
        <pre class="code numbered" id="source" tabindex="0">\
        {{#lines}}<code data-line="{{number}}">{{text}}</code>{{/lines}}</pre>
        {{/story}}
        """,
    ]
}
