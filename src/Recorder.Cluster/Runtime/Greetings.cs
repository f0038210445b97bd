using Recorder.Cluster.Formations;
using Recorder.Cluster.Nodes;

namespace Recorder.Cluster.Runtime;

/// <summary>Asks every node that is known, or that the operator named, who it is; and answers the same question.</summary>
internal sealed class Greetings(ClusterSetup setup, NodeStore store, ClusterView view, Func<Formation?> formation)
{
    public Greeting Answer(NodeCard card) =>
        new(card, formation(), [.. view.Members.Where(member => member.Name != card.Node).Select(member => member.Card)]);

    /// <returns>The answers of the nodes of this cluster, each once.</returns>
    public async Task<IReadOnlyList<Greeting>> AskAsync(CancellationToken cancellationToken)
    {
        var urls = setup.Join.Select(name => new Uri("http://" + name))
            .Concat(view.Members.Where(member => member.Name != setup.Card.Node).Select(member => member.Url)).Distinct().ToList();
        var answers = (await setup.Greeter.AskAsync(urls, cancellationToken).ConfigureAwait(false))
            .Where(answer => answer.Card.Cluster == setup.Card.Cluster && answer.Card.Node != setup.Card.Node)
            .DistinctBy(answer => answer.Card.Node).ToList();
        foreach (var answer in answers)
        {
            if (view.Find(answer.Card.Node)?.Card is not { } known || known.Url != answer.Card.Url)
                store.Write(answer.Card);

            view.See(answer.Card);
            foreach (var card in answer.Known.Where(card => card.Node != setup.Card.Node))
                view.Know(card);
        }

        return answers;
    }
}
