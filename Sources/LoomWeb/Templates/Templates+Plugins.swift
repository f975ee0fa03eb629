extension Templates {
    /// What plugins add to the first screen.
    static let plugins = [
        "commands": """
        {{#hasCommands}}
        <section class="card" aria-labelledby="command-title">
        <h2 id="command-title">Command</h2>
        <form class="pad" method="post" action="/api/v1/commands" data-output="command-output">
        <label class="sr" for="line">A command and what it is to do</label>
        <div class="row"><input class="grow" type="text" id="line" name="line" list="line-words" placeholder="/" required \
        autocomplete="off" spellcheck="false"><button class="main">Run</button></div>
        <datalist id="line-words" data-kept></datalist>
        </form>
        <pre class="output" id="command-output" role="status" tabindex="0" data-kept hidden></pre>
        <dl class="commands">
        {{#commands}}
        <dt data-key="usage-{{name}}" data-command="{{name}}"><code>{{usage}}</code></dt><dd data-key="summary-{{name}}">{{summary}}</dd>
        {{/commands}}
        </dl>
        </section>
        {{/hasCommands}}
        """,
        "panels": """
        {{#panels}}
        <section class="card panel" data-key="panel-{{name}}" aria-labelledby="panel-{{name}}-title">
        <h2 id="panel-{{name}}-title">{{title}}</h2>
        <div class="pad" data-key="drawn-{{name}}" data-fragment="{{href}}" data-topics="{{topics}}">
        {{> panel}}
        </div>
        </section>
        {{/panels}}
        """,
        "panel": """
        {{#isLate}}<p class="soft" data-late>It takes its time. <a href="{{href}}">Wait for it</a></p>{{/isLate}}\
        {{#problem}}<p class="bad">{{problem}}</p>{{/problem}}{{#nodes}}{{> node}}{{/nodes}}
        """,
        // One line: between elements and texts nothing may be added.
        "node": """
        {{#isElement}}<{{tag}}{{#attributes}} {{name}}="{{value}}"{{/attributes}}>{{^isVoid}}{{#children}}{{> node}}{{/children}}</{{tag}}>{{/isVoid}}\
        {{/isElement}}{{^isElement}}{{text}}{{/isElement}}
        """,
    ]
}
