extension Templates {
    /// The parts of the first screen; each is also a fragment that the script fetches.
    static let parts = [
        "agents": """
        {{#agents}}
        <li class="agent" data-key="agent-{{name}}">
        <div class="row"><span><a class="who {{hue}}" href="{{href}}">{{name}}</a> <span class="soft">{{role}}</span></span>
        <span class="pill {{state}}">{{stateWord}}</span></div>
        {{#activity}}<span class="activity" title="{{activity}}">{{activity}}</span>{{/activity}}
        {{> window}}
        <div class="facts"><span title="{{model}}">{{model}}</span>{{#hasQueued}}<b>{{queued}} unread</b>{{/hasQueued}}</div>
        </li>
        {{/agents}}
        {{^agents}}
        <li class="empty">Nobody works here yet. Say what to do, and the lead begins.</li>
        {{/agents}}
        """,
        "window": """
        <svg class="bar{{#isNearlyFull}} full{{/isNearlyFull}}" viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true">\
        <rect width="{{share}}" height="5"/></svg>
        <div class="facts"><span title="Context: {{exactWindow}}">context <span class="number">{{used}} / {{limit}}</span></span>
        <span title="{{exactTokens}}"><span class="number">{{tokens}}</span> tokens</span> <b class="number">{{cost}}</b></div>
        """,
        "questions": """
        <h2 id="needs-title">Needs you{{#header}}{{#hasQuestions}} ({{questions}}){{/hasQuestions}}{{/header}}</h2>
        <ul>
        {{#questions}}
        <li class="question" data-key="question-{{id}}">
        <h3>{{title}}</h3>
        <p class="small">{{#agentHref}}<a class="who {{hue}}" href="{{agentHref}}">{{agent}}</a>{{/agentHref}}\
        {{^agentHref}}<span class="who nobody">{{agent}}</span>{{/agentHref}}
        <span class="soft">asked {{#when}}{{> time}}{{/when}}</span></p>
        {{#why}}<p class="small soft">Why you are asked: <code>{{why}}</code></p>{{/why}}
        {{#hasDetail}}
        <details><summary>View</summary>
        <pre class="code" tabindex="0">{{#detail}}<code class="{{kind}}">{{text}}</code>{{/detail}}</pre>
        </details>
        {{/hasDetail}}
        {{#isGate}}
        <form method="post" action="{{action}}" class="row">
        <button class="main" name="answer" value="allow">Allow</button>
        {{#always}}<button name="answer" value="always" aria-describedby="always-{{id}}">Always</button>{{/always}}
        <button class="danger" name="answer" value="refuse">Refuse</button>
        </form>
        {{#always}}<p class="small soft" id="always-{{id}}">Always stores for this session: <code>{{always}}</code></p>{{/always}}
        {{/isGate}}
        {{^isGate}}
        <form method="post" action="{{action}}" class="row">
        {{#options}}<button name="text" value="{{.}}">{{.}}</button> {{/options}}
        <button class="danger" name="answer" value="refuse">Refuse</button>
        </form>
        <form method="post" action="{{action}}" class="row">
        <label class="sr" for="text-{{id}}">Your own answer</label>
        <input type="text" class="grow" id="text-{{id}}" name="text" required autocomplete="off" placeholder="Your own answer">
        <button class="main">Answer</button>
        </form>
        {{/isGate}}
        </li>
        {{/questions}}
        {{^questions}}
        <li class="empty">Nothing. The team can go on without you.</li>
        {{/questions}}
        </ul>
        """,
        "feed": """
        {{#feed}}
        <div class="card-head"><h2>Feed</h2>
        <nav class="filters" aria-label="Filter the feed">
        {{#filters}}<a href="{{href}}" data-filter="{{name}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{name}}</a>{{/filters}}
        </nav></div>
        <ol class="lines" id="lines" data-feed="/fragments/feed?show={{filter}}" data-sequence="{{sequence}}" data-on="*">
        {{> lines}}
        </ol>
        {{/feed}}
        """,
        "lines": """
        {{#lines}}
        <li class="line is-{{tone}}" data-key="line-{{sequence}}">
        {{#agentHref}}<a class="who {{hue}}" href="{{agentHref}}">{{who}}</a>{{/agentHref}}\
        {{^agentHref}}<span class="who {{hue}}">{{who}}</span>{{/agentHref}}
        <span class="mark" aria-hidden="true">{{mark}}</span><span class="sr">{{spoken}}</span>
        <span class="what">{{#whole}}<details><summary>{{text}}</summary><pre>{{whole}}</pre></details>{{/whole}}\
        {{^whole}}{{text}}{{/whole}}{{#object}} <code>{{object}}</code>{{/object}}</span>
        {{#outcome}}{{#href}}<a class="outcome number" href="{{href}}">{{outcome}}</a>{{/href}}\
        {{^href}}<span class="outcome number">{{outcome}}</span>{{/href}}{{/outcome}}
        {{#when}}{{> time}}{{/when}}
        </li>
        {{/lines}}
        """,
        "board": """
        {{#tasks}}
        <li class="task" data-key="task-{{id}}">
        <div class="row"><span class="grow">{{title}}</span><span class="pill {{status}}">{{status}}</span></div>
        <p class="soft"><a class="who {{hue}}" href="{{assigneeHref}}">{{assignee}}</a> for {{creator}}</p>
        {{#detail}}<details><summary class="soft">What is asked</summary><pre>{{detail}}</pre></details>{{/detail}}
        {{#result}}<details><summary class="soft">Result</summary><pre>{{result}}</pre></details>{{/result}}
        </li>
        {{/tasks}}
        {{^tasks}}
        <li class="empty">No tasks. The lead puts them here when it shares work out.</li>
        {{/tasks}}
        """,
        "plugins": """
        {{#plugins}}
        <tr data-key="plugin-{{kind}}-{{root}}-{{name}}">
        <td><a href="{{href}}"><b>{{name}}</b></a><br><code class="soft">{{path}}</code>{{#report}}<br><span class="soft">{{report}}</span>{{/report}}</td>
        <td>{{kind}}</td>
        <td>{{root}}{{#shadows}}<br><span class="soft">in front of {{shadows}}</span>{{/shadows}}</td>
        <td class="number" data-label="generation">{{generation}}</td>
        <td class="number" data-label="calls">{{calls}}{{#hasRunning}} ({{running}} running){{/hasRunning}}{{#older}}<br>
        <span class="soft">{{older}}</span>{{/older}}</td>
        <td><span class="pill {{status}}">{{status}}</span>\
        {{#cache}}<br><span class="small soft">{{cache}}</span>{{/cache}}
        {{#canGoBack}}<form method="post" action="{{action}}/rollback" class="row"><input type="hidden" name="back" value="/plugins">
        <button>Roll back</button></form>{{/canGoBack}}</td>
        </tr>
        {{#error}}
        <tr class="problem" data-key="problem-{{kind}}-{{root}}-{{name}}"><td colspan="6"><span class="bad text">{{error}}</span></td></tr>
        {{/error}}
        {{/plugins}}
        """,
        "transcript": """
        {{#transcript}}
        {{#hidden}}<li class="empty" data-key="hidden"><a href="?all=1">{{hidden}} earlier entries</a></li>{{/hidden}}
        {{#entries}}
        <li class="entry {{kind}}">
        <p class="soft"><b class="{{hue}}">{{heading}}</b>{{#other}} <code>{{other}}</code>{{/other}} {{#when}}{{> time}}{{/when}}</p>
        {{#summary}}<details><summary>{{summary}}</summary><pre>{{text}}</pre></details>{{/summary}}
        {{^summary}}<div class="text">{{text}}</div>{{/summary}}
        </li>
        {{/entries}}
        {{^entries}}
        <li class="empty">Nothing yet.</li>
        {{/entries}}
        {{/transcript}}
        """,
        "about": """
        {{#agent}}
        <p class="row"><span class="pill {{state}}">{{stateWord}}</span>{{#hasQueued}}<b>{{queued}} unread</b>{{/hasQueued}}</p>
        {{#activity}}<p><code>{{activity}}</code></p>{{/activity}}
        {{> window}}
        {{#hasZones}}
        <table class="zones"><caption class="small soft">Window by part, in tokens</caption>
        <thead class="sr"><tr><th scope="col">part</th><th scope="col">share</th><th scope="col">used</th><th scope="col">at most</th></tr></thead>
        <tbody>
        {{#zones}}
        <tr data-key="zone-{{name}}"><th scope="row" title="{{meaning}}">{{name}}</th>
        <td><svg class="bar{{#isOver}} full{{/isOver}}" viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true">\
        <rect width="{{share}}" height="5"/></svg></td>
        <td class="number">{{used}}{{#isOver}} <b>over</b>{{/isOver}}</td><td class="number soft">of {{budget}}</td></tr>
        {{/zones}}
        </tbody></table>
        {{/hasZones}}
        <dl class="about"><dt>role</dt><dd>{{role}}</dd><dt>team</dt><dd>{{team}}</dd><dt>model</dt><dd>{{model}}</dd></dl>
        <div class="row">
        {{#isPaused}}
        <form method="post" action="{{action}}/resume" data-key="resume"><button class="main">Resume</button></form>
        {{/isPaused}}
        {{^isPaused}}
        <form method="post" action="{{action}}/pause" data-key="pause"><button>Pause</button></form>
        {{/isPaused}}
        <form method="post" action="{{action}}/stop" data-key="stop"><button class="danger">Stop</button></form>
        </div>
        {{/agent}}
        """,
        "call": """
        {{#call}}
        <dl class="about">
        <dt>agent</dt><dd><a class="who {{hue}}" href="{{agentHref}}">{{agent}}</a></dd>
        <dt>tool</dt><dd>{{tool}} <span class="soft">generation {{generation}}</span></dd>
        <dt>outcome</dt><dd class="{{tone}}">{{status}}{{#took}} after {{took}}{{/took}}</dd>
        </dl>
        <h2>Arguments</h2>
        <pre class="code" tabindex="0"><code>{{arguments}}</code></pre>
        <h2>Output</h2>
        {{#hasOutput}}
        <pre class="code" tabindex="0">{{#output}}<code class="{{kind}}">{{text}}</code>{{/output}}</pre>
        {{/hasOutput}}
        {{^hasOutput}}
        <p class="soft">{{#isRunning}}Still running.{{/isRunning}}{{^isRunning}}None.{{/isRunning}}</p>
        {{/hasOutput}}
        {{/call}}
        """,
    ]
}
