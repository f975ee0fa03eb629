extension Assets {
    /// The one stylesheet: phone first, then wider; light and dark by the reader's own setting.
    static let stylesheet = """
        :root {
            color-scheme: light dark;
            --paper: #f6f5f1; --card: #fffefb; --ink: #22252b; --soft: #5f6570; --rule: #e3e0d8; --well: #f0eee8;
            --accent: #2f55c4; --good: #1c7044; --bad: #b0281c; --warn: #8a5a00; --bar: #b9c5ea; --ask: #fff6e2; --ask-rule: #ecd59a;
            --added: #e4f4e8; --removed: #fbe6e3; --shadow: 0 1px 2px rgb(34 37 43 / 6%), 0 4px 16px rgb(34 37 43 / 4%);
            --mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
            --hue0: #2f55c4; --hue1: #a0521b; --hue2: #1c7a54; --hue3: #8a3fa8; --hue4: #a5264f; --hue5: #1b728c; --hue6: #6b6a12;
            --hue7: #5a4fcf;
        }
        @media (prefers-color-scheme: dark) {
            :root {
                --paper: #15171b; --card: #1d2025; --ink: #e4e5e8; --soft: #a0a6b1; --rule: #31353d; --well: #262a31;
                --accent: #92aeff; --good: #6fce98; --bad: #ff8f80; --warn: #f0c060; --bar: #4d5f9c; --ask: #2c2718;
                --ask-rule: #5a4b20;
                --added: #1b3527; --removed: #40221f; --shadow: none;
                --hue0: #92aeff; --hue1: #f0a878; --hue2: #71d1a4; --hue3: #d8a0f0; --hue4: #f598b4; --hue5: #78cbe2; --hue6: #cfcd6c;
                --hue7: #b4abff;
            }
        }
        *, ::before, ::after { box-sizing: border-box; }
        html { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: anywhere; }
        h1, h2, h3, p, ol, ul, dl, dd { margin: 0; padding: 0; }
        ol, ul { list-style: none; }
        h1 { font-size: 1.15rem; font-weight: 650; letter-spacing: -.01em; }
        h2 { font-size: .95rem; font-weight: 650; }
        h3 { font-size: 1rem; font-weight: 600; }
        a { color: inherit; text-decoration-color: var(--rule); text-underline-offset: .2em; }
        a:hover { text-decoration-color: currentColor; }
        code, pre { font: .87em/1.5 var(--mono); }
        pre code { font-size: inherit; }
        time, .number { font-variant-numeric: tabular-nums; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
        .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .skip {
            position: absolute; left: .5rem; top: -4rem; z-index: 3; padding: .5rem 1rem; background: var(--card); border-radius: 6px;
        }
        .skip:focus { top: .5rem; }
        .soft { color: var(--soft); }
        .good { color: var(--good); }
        .bad { color: var(--bad); }
        .who { font-weight: 600; text-decoration: none; unicode-bidi: isolate; }
        .hue0 { color: var(--hue0); } .hue1 { color: var(--hue1); } .hue2 { color: var(--hue2); } .hue3 { color: var(--hue3); }
        .hue4 { color: var(--hue4); } .hue5 { color: var(--hue5); } .hue6 { color: var(--hue6); } .hue7 { color: var(--hue7); }
        .nobody { color: var(--soft); }

        button, select, input, textarea { font: inherit; color: inherit; }
        button {
            min-height: 2.1rem; padding: .2rem .8rem; border: 1px solid var(--rule); border-radius: 7px; background: var(--card);
            cursor: pointer;
        }
        button:hover { border-color: var(--soft); }
        button.main { border-color: transparent; background: var(--accent); color: var(--card); font-weight: 600; }
        button.main:hover { filter: brightness(1.08); }
        button.danger { color: var(--bad); }
        [aria-busy=true] button { opacity: .6; }
        select, input[type=text], textarea {
            width: 100%; padding: .35rem .55rem; border: 1px solid var(--rule); border-radius: 7px; background: var(--paper);
        }
        textarea { min-height: 4.2rem; resize: vertical; }
        form.inline { display: inline; }
        .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
        .row > .grow { flex: 1 1 8rem; min-width: 0; }

        .top { position: sticky; top: 0; z-index: 2; background: var(--card); border-bottom: 1px solid var(--rule); }
        .top > div {
            display: flex; flex-wrap: wrap; align-items: center; gap: .35rem 1.1rem; max-width: 104rem; margin: 0 auto;
            padding: .55rem 1rem;
        }
        .brand { display: flex; align-items: center; gap: .5rem; text-decoration: none; }
        .brand svg { width: 1.15rem; height: 1.15rem; }
        .warp { stroke: var(--hue0); } .weft { stroke: var(--hue1); }
        .brand b { font-size: 1.08rem; font-weight: 650; letter-spacing: -.01em; }
        .pill {
            display: inline-flex; align-items: center; gap: .4em; padding: .02rem .55rem; border-radius: 99px; background: var(--well);
            font-size: .87rem; white-space: nowrap;
        }
        .pill::before { content: ""; width: .5em; height: .5em; border-radius: 50%; background: var(--soft); }
        .pill.running::before, .pill.thinking::before, .pill.executing::before, .pill.live::before { background: var(--good); }
        .pill.waiting::before, .pill.gated::before { background: var(--warn); border-radius: 1px; }
        .pill.paused::before, .pill.suspended::before {
            width: .45em; border: solid var(--warn); border-width: 0 .15em; background: none; border-radius: 0;
        }
        .pill.failed::before, .pill.broken::before { background: var(--bad); border-radius: 0; transform: rotate(45deg); }
        .pill.idle::before, .pill.stopped::before, .pill.deleted::before { background: none; border: 1.5px solid var(--soft); }
        .spend { display: flex; align-items: center; gap: .5rem; }
        .spend .bar { width: 5rem; margin: 0; }
        .top nav { display: flex; gap: .9rem; font-size: .93rem; }
        .top .buttons { display: flex; gap: .4rem; margin-left: auto; }
        .bar {
            display: block; width: 100%; height: 5px; margin: .3rem 0 .2rem; border-radius: 3px; background: var(--well);
            overflow: hidden;
        }
        .bar rect { fill: var(--bar); }
        .bar.full rect { fill: var(--warn); }
        #connection:not(:empty) {
            padding: .5rem 1rem; background: var(--ask); border-bottom: 1px solid var(--ask-rule); text-align: center;
            font-weight: 600;
        }
        .lost main { opacity: .55; }
        #said:not(:empty) { position: fixed; left: 50%; bottom: 1rem; z-index: 4; transform: translateX(-50%); width: max-content;
        max-width: calc(100vw - 2rem);
            padding: .5rem 1rem; border-radius: 9px; background: var(--ink); color: var(--paper);
            box-shadow: 0 4px 20px rgb(0 0 0 / 25%); }
        #said.bad:not(:empty) { background: var(--bad); color: var(--card); }

        main { display: grid; gap: .9rem; max-width: 104rem; margin: 0 auto; padding: .9rem; grid-template-columns: minmax(0, 1fr); }
        .card { min-width: 0; background: var(--card); border: 1px solid var(--rule); border-radius: 11px; box-shadow: var(--shadow); }
        .card > h2, #questions > h2, .card-head {
            display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: .2rem .8rem;
            padding: .65rem .9rem .35rem;
        }
        .pad { padding: .3rem .9rem .9rem; }
        .card.pad, .card > .pad:first-child { padding-top: .8rem; }
        .card.pad > * + * { margin-top: .5rem; }
        .empty { padding: .2rem .9rem .9rem; color: var(--soft); }
        .stack { display: grid; gap: .9rem; align-content: start; min-width: 0; grid-template-columns: minmax(0, 1fr); }

        .agent { padding: .6rem .9rem .7rem; border-top: 1px solid var(--rule); }
        .agent:first-child { border-top: 0; }
        .agent .row { justify-content: space-between; gap: .3rem .6rem; }
        .agent .activity {
            display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font: .84rem/1.6 var(--mono);
        }
        .facts { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 .5rem; font-size: .8rem; color: var(--soft); }
        .facts b { font-weight: 600; color: var(--ink); }

        .filters { display: flex; flex-wrap: wrap; gap: .15rem; font-size: .87rem; }
        .filters a { padding: .1rem .55rem; border-radius: 99px; text-decoration: none; color: var(--soft); }
        .filters a[aria-current] { background: var(--well); color: var(--ink); font-weight: 600; }
        .lines { padding: .2rem 0 .5rem; }
        .line {
            display: grid; grid-template-columns: auto auto minmax(0, 1fr) auto; gap: 0 .5rem; padding: .22rem .9rem;
            align-items: baseline;
        }
        .line:hover { background: var(--well); }
        .line time { grid-column: 4; grid-row: 1; font-size: .8rem; color: var(--soft); white-space: nowrap; }
        .line .who { grid-column: 1; grid-row: 1; }
        .line .mark { grid-column: 2; grid-row: 1; color: var(--soft); text-align: center; min-width: 1.1em; }
        .line .what { grid-column: 1 / -1; unicode-bidi: plaintext; }
        .line .outcome {
            grid-column: 3; grid-row: 1; justify-self: end; font-size: .87rem; white-space: nowrap; text-decoration: none;
        }
        .is-quiet .what { color: var(--soft); }
        .is-good .outcome { color: var(--good); }
        .is-bad .outcome, .is-bad .mark, .is-bad:not(:has(.outcome)) .what { color: var(--bad); }
        summary { cursor: pointer; }
        details > pre, .text { margin: .35rem 0; white-space: pre-wrap; unicode-bidi: plaintext; }
        details > pre {
            max-height: 24rem; overflow: auto; padding: .5rem .7rem; border-radius: 7px; background: var(--well); color: var(--ink);
        }

        .question {
            margin: .35rem .9rem .9rem; padding: .7rem .85rem .8rem; border: 1px solid var(--ask-rule); border-radius: 9px;
            background: var(--ask);
        }
        .question p { margin: .15rem 0 .35rem; }
        .question .small { font-size: .87rem; }
        .question details { margin-bottom: .5rem; }
        .question .row { gap: .35rem; }
        .question button { padding: .2rem .65rem; }
        .question form + form { margin-top: .5rem; }
        .code {
            max-height: 26rem; margin: .4rem 0; padding: .45rem 0; overflow: auto; border-radius: 7px; background: var(--well);
            color: var(--ink); white-space: normal; overflow-wrap: normal;
        }
        .code code { display: block; min-width: max-content; padding: 0 .7rem; white-space: pre; }
        .code code:empty::before { content: " "; }
        .generations th, .generations td { padding-inline: .45rem; white-space: nowrap; overflow-wrap: normal; }
        .numbered code::before {
            content: attr(data-line); display: inline-block; width: 2.4em; margin-right: 1em; color: var(--soft); text-align: right;
            user-select: none;
        }
        .numbered code:empty::before { content: attr(data-line); }
        .code .added { background: var(--added); }
        .code .removed { background: var(--removed); }
        .code .place { color: var(--soft); }

        .task { padding: .5rem .9rem; border-top: 1px solid var(--rule); }
        .task:first-child { border-top: 0; }
        .task .pill { font-size: .8rem; }
        .pill.done::before { background: var(--good); }
        .pill.active::before { background: var(--accent); }
        .pill.assigned::before { background: none; border: 1.5px solid var(--accent); }

        .entry { padding: .45rem .9rem; border-left: 3px solid transparent; }
        .entry.user, .entry.task, .entry.peer { border-left-color: var(--accent); background: var(--well); margin: .4rem 0; }
        .entry.said .text { font-size: 1.02rem; }
        .entry .text { margin: .1rem 0; }
        .entry.thinking, .entry.tool, .entry.result, .entry.notice { color: var(--soft); font-size: .92rem; }
        #speaking { padding: .45rem .9rem .8rem; border-left: 3px solid var(--good); white-space: pre-wrap; }
        #call h2 { margin: .8rem 0 .2rem; }
        dl.about { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem .9rem; }
        dl.about dt { color: var(--soft); }
        .scroll { overflow-x: auto; }
        table { width: 100%; border-collapse: collapse; font-size: .93rem; }
        th, td { padding: .4rem .9rem; border-top: 1px solid var(--rule); text-align: left; vertical-align: top; }
        th { border-top: 0; font-weight: 600; color: var(--soft); font-size: .84rem; white-space: nowrap; }
        td.number, th.number { text-align: right; white-space: nowrap; }
        tr.problem td { border-top: 0; padding-top: 0; }
        .zones { margin: .6rem 0; }
        .zones caption { text-align: left; }
        .zones th, .zones td { padding: .1rem .3rem; border: 0; vertical-align: middle; }
        .zones td:nth-child(2) { width: 100%; }

        .output { margin: 0 .9rem .9rem; padding: .5rem .7rem; max-height: 24rem; overflow: auto; border-radius: 7px; background: var(--well);
            white-space: pre-wrap; unicode-bidi: plaintext; }
        .commands { padding: 0 .9rem .8rem; font-size: .87rem; }
        .commands dd { color: var(--soft); padding-bottom: .2rem; }
        .panels:not(:has(section)) { display: none; }
        /* Whatever classes a plugin chooses, what it draws stays in its place. */
        .panel > div { position: relative; overflow: auto; contain: paint; }
        .panel > div > * + * { margin-top: .4rem; }
        .panel ul { padding-left: 1.1rem; list-style: disc; }
        .panel ol { padding-left: 1.4rem; list-style: decimal; }
        .panel dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .1rem .9rem; }
        .panel dt { color: var(--soft); }
        .panel th, .panel td { padding: .2rem .6rem .2rem 0; }
        .panel pre { padding: .45rem .7rem; overflow: auto; border-radius: 7px; background: var(--well); white-space: pre; }
        .panel meter, .panel progress { width: 100%; height: .8rem; }

        @media (max-width: 40rem) {
            .top .buttons { margin-left: 0; width: 100%; }
            .top .buttons form { flex: 1; }
            .top .buttons button { width: 100%; }
            .top { position: static; }
            button { min-height: 2.6rem; }
            .plugins thead { display: none; }
            .plugins tr { display: flex; flex-wrap: wrap; gap: .1rem .8rem; padding: .5rem .9rem; border-top: 1px solid var(--rule); }
            .plugins td { padding: 0; border: 0; }
            .plugins td:first-child { flex: 1 0 100%; }
            .plugins td[data-label]::before { content: attr(data-label) " "; color: var(--soft); }
        }
        @media (min-width: 46rem) {
            main.first {
                grid-template: "needs feed" auto "left feed" auto "board feed" auto "panels feed" 1fr
                    / minmax(16rem, 21rem) minmax(0, 1fr);
            }
            main.deep { grid-template-columns: minmax(0, 1fr) minmax(16rem, 21rem); }
            .line { grid-template-columns: 5.2rem 1.3rem minmax(0, 1fr) auto 5.4rem; }
            .line time { grid-column: 5; text-align: right; }
            .line .who { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
            .line .what { grid-column: 3; grid-row: 1; }
            .line .outcome { grid-column: 4; }
            .needs { grid-area: needs; } .left { grid-area: left; } .feed { grid-area: feed; align-self: start; }
            .board { grid-area: board; align-self: start; } .panels { grid-area: panels; align-self: start; }
        }
        @media (min-width: 75rem) {
            main.first {
                grid-template: "left feed needs" auto "left feed board" auto "left feed panels" 1fr
                    / minmax(18.5rem, 21%) minmax(0, 1fr) minmax(19rem, 23%);
            }
        }
        @media (prefers-reduced-motion: no-preference) {
            .bar rect { transition: width .3s; }
        }

        """
}
