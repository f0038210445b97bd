using Recorder.Actors.Recording;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Recording;

public class EventOutboxSpecs
{
    private static readonly RecorderId Id = new("r");
    private readonly EventOutbox _outbox = new();

    [Fact]
    public void Invariant_2_events_leave_in_order_with_consecutive_numbers()
    {
        Raise();
        Raise();
        Raise();

        TakeAll().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void An_event_that_waits_for_the_disk_delays_later_events()
    {
        Raise();
        var blob = _outbox.Reserve();
        Raise();

        TakeAll().ShouldBe([1]);
        _outbox.Fill(blob, (number, at) => new RecorderProtocol.Resumed(Id, number, at));
        TakeAll().ShouldBe([2, 3]);
    }

    [Fact]
    public void A_released_place_leaves_no_hole_in_the_numbers()
    {
        var blob = _outbox.Reserve();
        Raise();
        _outbox.Release(blob);

        TakeAll().ShouldBe([1]);
    }

    private void Raise() => _outbox.Raise((number, at) => new RecorderProtocol.Paused(Id, number, at));

    private List<long> TakeAll()
    {
        var numbers = new List<long>();
        while (_outbox.TakeNext(DateTimeOffset.UnixEpoch) is { } raised)
            numbers.Add(raised.Sequence);

        return numbers;
    }
}
