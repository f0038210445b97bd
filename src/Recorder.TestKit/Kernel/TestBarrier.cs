namespace Recorder.ActorKernel.Testing;

/// <summary>A barrier that opens when enough have come to it. Its times are dilated.</summary>
public class TestBarrier
{
    private readonly TestKitBase _testKit;
    private readonly int _count;
    private readonly TimeSpan _defaultTimeout;
    private readonly Barrier _barrier;

    /// <summary>Makes a barrier.</summary>
    /// <param name="testKit">Whose times are meant.</param>
    /// <param name="count">How many must come.</param>
    /// <param name="defaultTimeout">How long <see cref="Await()"/> waits; null: <c>akka.test.default-timeout</c>.</param>
    public TestBarrier(TestKitBase testKit, int count, TimeSpan? defaultTimeout = null)
    {
        _testKit = testKit;
        _count = count;
        _defaultTimeout = defaultTimeout ?? testKit.TestKitSettings.DefaultTimeout;
        _barrier = new Barrier(count);
    }

    /// <summary>Comes to the barrier and waits for the others, for the default time.</summary>
    public void Await() => Await(_defaultTimeout);

    /// <summary>Comes to the barrier and waits for the others; when the time is over, it goes on without them.</summary>
    /// <param name="timeout">How long to wait.</param>
    public void Await(TimeSpan timeout) => _barrier.SignalAndWait(_testKit.Dilated(timeout));

    /// <summary>Begins anew: nobody has come.</summary>
    public void Reset()
    {
        _barrier.RemoveParticipants(_count);
        _barrier.AddParticipants(_count);
    }
}
