extension Templates {
    /// Whole pages, around the panels.
    static let pages = [
        "page-first": """
        {{<layout}}
        {{$kind}}first{{/kind}}
        {{$content}}
        <h1 class="sr">Overview</h1>
        <section class="needs card" aria-labelledby="needs-title">
        <div id="questions" data-fragment="/fragments/questions" data-on="question permission agent" aria-live="polite">
        {{> questions}}
        </div>
        </section>
        <div class="left stack">
        <section class="card" aria-labelledby="agents-title">
        <h2 id="agents-title">Agents</h2>
        <ul id="agents" data-fragment="/fragments/agents" data-on="agent model tool inbox question task">
        {{> agents}}
        </ul>
        </section>
        <section class="card" aria-labelledby="message-title">
        <h2 id="message-title">Message</h2>
        <form class="pad stack" method="post" action="/api/v1/messages" data-reset>
        <div><label for="to">To</label>
        <select id="to" name="to" data-fragment="/fragments/names" data-on="agent">
        {{> names}}
        </select></div>
        <div><label for="text">Text <span class="soft">(Ctrl+Enter sends)</span></label>
        <textarea id="text" name="text" required></textarea></div>
        <div class="row"><label class="grow"><input type="checkbox" name="urgent" value="true"> urgent: interrupts</label>
        <button class="main">Send</button></div>
        </form>
        </section>
        <div id="commands" data-fragment="/fragments/commands" data-on="plugin">
        {{> commands}}
        </div>
        </div>
        <section class="feed card" id="feed-panel" aria-label="Feed">
        {{> feed}}
        </section>
        <section class="board card" aria-labelledby="board-title">
        <h2 id="board-title">Board</h2>
        <ul id="board" data-fragment="/fragments/board" data-on="task">
        {{> board}}
        </ul>
        </section>
        <div class="panels stack" id="panels" data-fragment="/fragments/panels" data-on="plugin">
        {{> panels}}
        </div>
        {{/content}}
        {{/layout}}
        """,
        "names": """
        {{#agents}}
        <option value="{{name}}" data-key="name-{{name}}">{{name}} ({{role}})</option>
        {{/agents}}
        {{^agents}}
        <option value="" data-key="nobody">the lead</option>
        {{/agents}}
        """,
        "page-agent": """
        {{<layout}}
        {{$content}}
        {{#agent}}
        <section class="card" aria-labelledby="agent-title">
        <div class="card-head"><h1 id="agent-title" data-page="{{name}}" class="{{hue}}">{{name}}</h1></div>
        <ol id="transcript" data-fragment="{{transcriptFragment}}" data-on="agent user inbox tool model" data-about="{{name}}">
        {{> transcript}}
        </ol>
        <p id="speaking" data-agent="{{name}}" hidden></p>
        </section>
        <div class="stack">
        <section class="card pad" id="about" aria-label="About {{name}}" data-fragment="/fragments{{href}}" \
        data-on="agent model tool inbox question">
        {{> about}}
        </section>
        <section class="card" aria-label="Message to {{name}}">
        <form class="pad stack" method="post" action="{{action}}/messages" data-reset>
        <input type="hidden" name="back" value="{{href}}">
        <div><label for="text">Message to {{name}} <span class="soft">(Ctrl+Enter sends)</span></label>
        <textarea id="text" name="text" required></textarea></div>
        <div class="row"><label class="grow"><input type="checkbox" name="urgent" value="true"> urgent: interrupts</label>
        <button class="main">Send</button></div>
        </form>
        </section>
        <section class="card" aria-label="Model of {{name}}">
        <form class="pad" method="post" action="{{action}}/model">
        <input type="hidden" name="back" value="{{href}}">
        <label for="model">Model from the next call on</label>
        <div class="row">
        <input class="grow" type="text" id="model" name="model" value="{{model}}" required autocomplete="off" spellcheck="false">
        <button>Change</button></div>
        </form>
        </section>
        <section class="card" aria-labelledby="needs-title">
        <div id="questions" data-fragment="/fragments/questions" data-on="question permission agent" aria-live="polite">
        {{> questions}}
        </div>
        </section>
        </div>
        {{/agent}}
        {{/content}}
        {{/layout}}
        """,
        "page-plugins": """
        {{<layout}}
        {{$kind}}wide{{/kind}}
        {{$content}}
        <section class="card" aria-labelledby="plugins-title">
        <div class="card-head"><h1 id="plugins-title" data-page="plugins">Plugins</h1>
        <span class="soft">A changed file is live with the next call; calls under way end on the generation they began with.</span></div>
        <div class="scroll"><table class="plugins">
        <thead><tr><th scope="col">name</th><th scope="col">kind</th><th scope="col">root</th><th scope="col" class="number">generation</th>
        <th scope="col" class="number">calls</th><th scope="col">status</th></tr></thead>
        <tbody id="plugins" data-fragment="/fragments/plugins" data-on="plugin tool">
        {{> plugins}}
        </tbody>
        </table></div>
        </section>
        {{/content}}
        {{/layout}}
        """,
        "page-call": """
        {{<layout}}
        {{$kind}}wide{{/kind}}
        {{$content}}
        {{#call}}
        <section class="card" aria-labelledby="call-title">
        <div class="card-head"><h1 id="call-title" data-page="{{tool}}">{{tool}} <code>{{summary}}</code></h1></div>
        <div class="pad" id="call" data-fragment="/fragments/calls/{{id}}" data-on="tool" data-about="{{id}}">
        {{> call}}
        </div>
        </section>
        {{/call}}
        {{/content}}
        {{/layout}}
        """,
        "page-said": """
        {{<layout}}
        {{$kind}}wide{{/kind}}
        {{$content}}
        <section class="card" aria-labelledby="said-title">
        {{#said}}
        <div class="card-head"><h1 id="said-title">The command says</h1></div>
        <pre class="pad output" tabindex="0">{{text}}</pre>
        <p class="pad"><a href="{{back}}">Back</a></p>
        {{/said}}
        </section>
        {{/content}}
        {{/layout}}
        """,
        "page-problem": """
        {{<layout}}
        {{$kind}}wide{{/kind}}
        {{$content}}
        <section class="card" aria-labelledby="problem-title">
        {{#problem}}
        <div class="card-head"><h1 id="problem-title">{{message}}</h1></div>
        <p class="pad">{{hint}}</p>
        <p class="pad"><a href="{{back}}">Back</a></p>
        {{/problem}}
        </section>
        {{/content}}
        {{/layout}}
        """,
    ]
}
