namespace Recorder.Cluster.Tenures;

/// <summary>How recorders came to this node since it started. Safe to use from any thread.</summary>
internal sealed class MoveCounts
{
    private long _handOvers;
    private long _takeOvers;

    /// <summary>Recorders that another node handed over.</summary>
    public long HandOvers => Interlocked.Read(ref _handOvers);

    /// <summary>Recorders that another node had, and could not hand over.</summary>
    public long TakeOvers => Interlocked.Read(ref _takeOvers);

    public void CountHandOver() => Interlocked.Increment(ref _handOvers);

    public void CountTakeOver() => Interlocked.Increment(ref _takeOvers);
}
