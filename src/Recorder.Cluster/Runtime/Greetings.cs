using Recorder.Cluster.Formations;
using Recorder.Cluster.Nodes;

namespace Recorder.Cluster.Runtime;

/// <summary>Asks every node that is known, or that the operator named, who it is; and answers the same question.</summary>
/// <param name="describe">What this node says of itself now.</param>
/// <param name="problems">Why those that the operator named are not joined.</param>
internal sealed class Greetings(
    ClusterSetup setup, NodeStore store, ClusterView view, JoinProblems problems, Func<NodeCard> describe, Func<Formation?> formation)
{
    private readonly Dictionary<string, Uri> _named = setup.Join.Distinct().ToDictionary(name => name, name => new Uri($"{setup.Card.Url.Scheme}://{name}"));

    /// <summary>Each node that the operator named and that is not joined, and why.</summary>
    public IReadOnlyList<(string Address, string Reason)> Problems => problems.Current;

    /// <summary>What this node answers.</summary>
    public Greeting Own
    {
        get
        {
            var card = describe();
            return new Greeting(card, formation(), [.. view.Members.Where(member => member.Name != card.Node).Select(member => member.Card)]);
        }
    }

    /// <returns>The answers of the nodes of this cluster, each once; a living double of this node may be among them.</returns>
    public async Task<IReadOnlyList<Greeting>> AskAsync(CancellationToken cancellationToken)
    {
        var urls = _named.Values
            .Concat(view.Members.Where(member => member.Name != setup.Card.Node).Select(member => member.Url)).Distinct().ToList();
        var asked = await setup.Greeter.AskAsync(urls, Own, cancellationToken).ConfigureAwait(false);
        foreach (var (name, url) in _named)
            problems.Take(name, FindProblem([.. asked.Where(answer => answer.Asked == url)]));

        var answers = NodesOf(asked);
        // A machine that was cloned asks whoever it knows, which does not include itself; the others know where its double is.
        var doubles = answers.SelectMany(answer => answer.Known).Where(card => card.Node == setup.Card.Node && card.Start != setup.Card.Start)
            .Select(card => card.Url).Distinct().Except(urls).ToList();
        if (doubles.Count > 0)
            answers = [.. answers, .. NodesOf(await setup.Greeter.AskAsync(doubles, Own, cancellationToken).ConfigureAwait(false))];

        foreach (var answer in answers)
            Hear(answer);

        return answers;
    }

    /// <summary>Takes what another node says of itself.</summary>
    public void Hear(Greeting greeting)
    {
        var card = greeting.Card;
        if (card.Cluster != setup.Card.Cluster || card.Node == setup.Card.Node || IsDouble(card))
            return;

        if (view.Find(card.Node)?.Card is not { } known || known.Url != card.Url)
            store.Write(card);

        view.See(card);
        foreach (var other in greeting.Known.Where(other => other.Node != setup.Card.Node))
            view.Know(other);
    }

    private IReadOnlyList<Greeting> NodesOf(IReadOnlyList<GreetingAnswer> answers) =>
    [
        .. answers.Select(answer => answer.Greeting).OfType<Greeting>()
            .Where(answer => answer.Card.Cluster == setup.Card.Cluster && answer.Card.Start != setup.Card.Start).DistinctBy(answer => answer.Card.Start),
    ];

    // Behind a name with several addresses one node is enough.
    private GreetingProblem? FindProblem(IReadOnlyList<GreetingAnswer> answers) =>
        answers.Any(answer => answer.Greeting?.Card.Cluster == setup.Card.Cluster) ? null
        : answers.FirstOrDefault(answer => answer.Problem is not null)?.Problem
            ?? new GreetingProblem("is a node of another cluster: give both nodes the same --cluster-key, or certificates of one cluster");

    // Two living nodes of one name: the one that is a member stays known. A node that started again is known as soon as its former run is none any more.
    private bool IsDouble(NodeCard card) => view.Find(card.Node) is { IsTogether: true } known && known.Card.Start != card.Start;
}
