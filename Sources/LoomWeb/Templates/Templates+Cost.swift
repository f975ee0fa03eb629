extension Templates {
    /// The page of what model calls used and cost.
    static let cost = [
        "page-cost": """
        {{<layout}}
        {{$kind}}wide{{/kind}}
        {{$content}}
        {{#cost}}
        <section class="card" aria-labelledby="cost-title">
        <div class="card-head"><h1 id="cost-title" data-page="cost">Cost</h1>
        <nav class="filters" aria-label="Group by">{{#choices}}<a href="/cost?by={{name}}"\
        {{#isChosen}} aria-current="page"{{/isChosen}}>{{name}}</a> {{/choices}}</nav></div>
        <div class="scroll" id="cost" data-fragment="/fragments/cost?by={{group}}" data-on="model">
        {{> cost}}
        </div>
        </section>
        {{/cost}}
        {{/content}}
        {{/layout}}
        """,
        "cost": """
        {{#cost}}
        <table class="plugins" data-key="cost">
        <thead><tr><th scope="col">{{group}}</th><th scope="col" class="number">calls</th><th scope="col" class="number">tokens sent</th>
        <th scope="col" class="number">from cache</th><th scope="col" class="number">tokens written</th>
        <th scope="col" class="number">cost</th></tr></thead>
        <tbody>
        {{#lines}}{{> cost-line}}{{/lines}}
        {{#isEmpty}}<tr data-key="none"><td colspan="6" class="soft">No model was called yet.</td></tr>{{/isEmpty}}
        </tbody>
        <tfoot>{{#total}}{{> cost-line}}{{/total}}</tfoot>
        </table>
        {{/cost}}
        """,
        "cost-line": """
        <tr data-key="{{key}}"><th scope="row">{{name}}</th><td class="number">{{calls}}</td><td class="number">{{sent}}</td>
        <td class="number">{{cached}}</td><td class="number">{{output}}</td>
        <td class="number">{{cost}}{{#unpriced}} <span class="soft">+ {{unpriced}}</span>{{/unpriced}}</td></tr>
        """,
    ]
}
