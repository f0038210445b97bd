using Recorder.Cluster.Formations;
using Recorder.Cluster.Nodes;

namespace Recorder.Cluster.Runtime;

/// <summary>Asks every node that is known, or that the operator named, who it is; and answers the same question.</summary>
internal sealed class Greetings(ClusterSetup setup, NodeStore store, ClusterView view, Func<Formation?> formation)
{
    public Greeting Answer(NodeCard card) =>
        new(card, formation(), [.. view.Members.Where(member => member.Name != card.Node).Select(member => member.Card)]);

    /// <returns>The answers of the nodes of this cluster, each once; a living double of this node may be among them.</returns>
    public async Task<IReadOnlyList<Greeting>> AskAsync(CancellationToken cancellationToken)
    {
        var urls = setup.Join.Select(name => new Uri("http://" + name))
            .Concat(view.Members.Where(member => member.Name != setup.Card.Node).Select(member => member.Url)).Distinct().ToList();
        var answers = await AskAsync(urls, cancellationToken).ConfigureAwait(false);
        // A machine that was cloned asks whoever it knows, which does not include itself; the others know where its double is.
        var doubles = answers.SelectMany(answer => answer.Known).Where(card => card.Node == setup.Card.Node && card.Start != setup.Card.Start)
            .Select(card => card.Url).Distinct().Except(urls).ToList();
        if (doubles.Count > 0)
            answers = [.. answers, .. await AskAsync(doubles, cancellationToken).ConfigureAwait(false)];

        foreach (var answer in answers.Where(answer => answer.Card.Node != setup.Card.Node))
            Take(answer);

        return answers;
    }

    private async Task<IReadOnlyList<Greeting>> AskAsync(IReadOnlyCollection<Uri> urls, CancellationToken cancellationToken) =>
    [
        .. (await setup.Greeter.AskAsync(urls, cancellationToken).ConfigureAwait(false))
            .Where(answer => answer.Card.Cluster == setup.Card.Cluster && answer.Card.Start != setup.Card.Start).DistinctBy(answer => answer.Card.Start),
    ];

    private void Take(Greeting answer)
    {
        if (view.Find(answer.Card.Node)?.Card is not { } known || known.Url != answer.Card.Url)
            store.Write(answer.Card);

        view.See(answer.Card);
        foreach (var card in answer.Known.Where(card => card.Node != setup.Card.Node))
            view.Know(card);
    }
}
