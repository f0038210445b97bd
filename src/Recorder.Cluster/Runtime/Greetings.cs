using Recorder.Cluster.Formations;
using Recorder.Cluster.Nodes;

namespace Recorder.Cluster.Runtime;

/// <summary>Asks every node that is known, or that the operator named, who it is; and answers the same question.</summary>
/// <param name="describe">What this node says of itself now.</param>
internal sealed class Greetings(ClusterSetup setup, NodeStore store, ClusterView view, Func<NodeCard> describe, Func<Formation?> formation)
{
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
        var urls = setup.Join.Select(name => new Uri($"{setup.Card.Url.Scheme}://{name}"))
            .Concat(view.Members.Where(member => member.Name != setup.Card.Node).Select(member => member.Url)).Distinct().ToList();
        var answers = await AskAsync(urls, cancellationToken).ConfigureAwait(false);
        // A machine that was cloned asks whoever it knows, which does not include itself; the others know where its double is.
        var doubles = answers.SelectMany(answer => answer.Known).Where(card => card.Node == setup.Card.Node && card.Start != setup.Card.Start)
            .Select(card => card.Url).Distinct().Except(urls).ToList();
        if (doubles.Count > 0)
            answers = [.. answers, .. await AskAsync(doubles, cancellationToken).ConfigureAwait(false)];

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

    private async Task<IReadOnlyList<Greeting>> AskAsync(IReadOnlyCollection<Uri> urls, CancellationToken cancellationToken) =>
    [
        .. (await setup.Greeter.AskAsync(urls, Own, cancellationToken).ConfigureAwait(false))
            .Where(answer => answer.Card.Cluster == setup.Card.Cluster && answer.Card.Start != setup.Card.Start).DistinctBy(answer => answer.Card.Start),
    ];

    // Two living nodes of one name: the one that is a member stays known. A node that started again is known as soon as its former run is none any more.
    private bool IsDouble(NodeCard card) => view.Find(card.Node) is { IsTogether: true } known && known.Card.Start != card.Start;
}
