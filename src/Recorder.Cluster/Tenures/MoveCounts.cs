namespace Recorder.Cluster.Tenures;

/// <summary>How a recorder came to a node from another one.</summary>
internal enum Arrival
{
    /// <summary>The other node handed it over.</summary>
    HandOver = 0,

    /// <summary>The other node could not hand it over.</summary>
    TakeOver = 1,
}

/// <summary>How recorders came to this node since it started: those that it confirmed. Safe to use from any thread.</summary>
internal sealed class MoveCounts
{
    private long _handOvers;
    private long _takeOvers;

    public long HandOvers => Interlocked.Read(ref _handOvers);

    public long TakeOvers => Interlocked.Read(ref _takeOvers);

    public void Count(Arrival arrival) => Interlocked.Increment(ref arrival == Arrival.HandOver ? ref _handOvers : ref _takeOvers);
}
