extension Templates {
    /// What every page has: head, header, and the places where the script speaks.
    static let frame = [
        "layout": """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{{#header}}{{project}}{{/header}} · loomkin</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/assets/page.css">
        <script src="/assets/page.js" defer></script>
        </head>
        <body data-sequence="{{sequence}}">
        <a class="skip" href="#main">Skip to content</a>
        <header class="top" id="header" data-fragment="/fragments/header" data-on="*">
        {{> header}}
        </header>
        <p id="connection" role="status"></p>
        <noscript><p class="pad">Without JavaScript this page does not update by itself. It shows the state of
        {{#asOf}}<time datetime="{{machine}}">{{exact}}</time>{{/asOf}}; reload to see more.</p></noscript>
        <main id="main" class="{{$kind}}deep{{/kind}}">
        {{$content}}{{/content}}
        </main>
        <p id="said" role="status"></p>
        </body>
        </html>
        """,
        "header": """
        {{#header}}
        <div data-title="{{#hasQuestions}}({{questions}}) {{/hasQuestions}}{{project}} · loomkin">
        <a class="brand" href="/"><svg viewBox="0 0 16 16" fill="none" stroke-width="2" stroke-linecap="round" aria-hidden="true">\
        <path class="warp" d="M4 1v14M8 1v14M12 1v14"/>\
        <path class="weft" d="M1 4h5M10 4h5M5 8h6M1 12h5M10 12h5"/></svg><b>{{project}}</b></a>
        <span class="soft">{{teams}}</span>
        <span class="pill {{state}}" data-key="state">{{state}}</span>
        <span class="spend" data-key="spend">
        <span title="{{exactTokens}} tokens{{#unpriced}}; {{unpriced}}{{/unpriced}}">
        <b class="number">{{cost}}</b>{{#budget}} of {{budget}}{{/budget}}
        <span class="soft">· {{tokens}} tokens{{#unpriced}} · some unpriced{{/unpriced}}</span></span>
        {{#budget}}
        <svg class="bar{{#isNearBudget}} full{{/isNearBudget}}" viewBox="0 0 100 5" preserveAspectRatio="none" role="img" \
        aria-label="{{share}} percent of the budget"><rect width="{{share}}" height="5"/></svg>
        {{/budget}}
        </span>
        <span class="soft" data-key="permissions">permissions: {{permissions}}</span>
        <nav aria-label="Pages"><a href="/">overview</a><a href="/plugins">plugins</a><a href="/cost">cost</a></nav>
        <div class="buttons" data-key="buttons">
        {{#canResume}}
        <form method="post" action="/api/v1/resume" data-key="resume"><button>Resume all</button></form>
        {{/canResume}}
        <form method="post" action="/api/v1/pause" data-key="pause"><button>Pause all</button></form>
        <form method="post" action="/api/v1/stop" data-key="stop"><button class="danger">Stop all</button></form>
        </div>
        </div>
        {{/header}}
        """,
        "time": """
        <time datetime="{{machine}}" title="{{exact}}">{{relative}}</time>
        """,
    ]
}
