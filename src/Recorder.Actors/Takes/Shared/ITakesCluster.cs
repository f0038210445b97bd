using Recorder.Contracts;

namespace Recorder.Actors.Takes;

/// <summary>The other nodes, as takes need them. Safe to use from any thread; nothing here throws.</summary>
internal interface ITakesCluster
{
    /// <summary>This node's name.</summary>
    string Node { get; }

    /// <summary>The names of the nodes that may run takes, in order. This node is not among them while it hands over what it has.</summary>
    IReadOnlyList<string> Living { get; }

    /// <summary>Notes which node runs a take, so that requests find it.</summary>
    void Note(Take take);

    /// <summary>Gives the living nodes a copy of a take, and waits a moment until they have it: what is not known elsewhere dies with this node.</summary>
    Task SpreadAsync(Take take);

    /// <summary>Whether this node has heard what the others have, or there is nobody: before, its own copies may be old.</summary>
    bool IsSettled { get; }

    /// <summary>Gives one node the marks, changes and recordings of a copy that it runs a newer one of.</summary>
    /// <returns>Whether it has them now.</returns>
    Task<bool> TellAsync(string node, Take take);

    /// <summary>Reserves a number that no other node gives to a take of the scene, also of one that it cannot reach.</summary>
    /// <param name="scene">The scene, as <see cref="TakeFiles.SceneOf"/> names it.</param>
    /// <param name="grant">Reserves a number on this node, as <see cref="TakeFiles.Reserve"/> does.</param>
    Task<int> ReserveAsync(string scene, Func<int, Task<int>> grant);
}
