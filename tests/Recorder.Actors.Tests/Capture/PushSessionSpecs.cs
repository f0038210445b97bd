using Recorder.Actors.Capture;

namespace Recorder.Actors.Tests.Capture;

/// <summary>What a sender is told once it has sent everything.</summary>
public sealed class PushSessionSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly PushSession _session = new(_ => { });
    private readonly byte[] _buffer = new byte[16];

    [Fact]
    public async Task A_sender_is_done_when_what_it_sent_is_with_the_recorders_not_when_it_has_been_read()
    {
        var done = await SendAsync();

        _session.Read(_buffer, TimeSpan.Zero).ShouldBe(4);
        _session.Read(_buffer, TimeSpan.Zero).ShouldBe(-1);
        _session.Leave("Nobody records it.");
        done.IsCompleted.ShouldBeFalse();

        _session.Delivered();
        (await done).ShouldBeNull();
    }

    [Fact]
    public async Task A_reader_that_leaves_before_the_end_says_so_to_the_sender()
    {
        var done = await SendAsync();

        _session.Leave("Nobody records it.");
        _session.Delivered();

        (await done).ShouldBe("Nobody records it.");
        (await _session.WriteAsync(new byte[1], default)).ShouldBe("Nobody records it.");
    }

    [Fact]
    public async Task What_is_no_media_is_refused_however_short_it_is()
    {
        var done = await SendAsync();

        _session.Read(_buffer, TimeSpan.Zero).ShouldBe(4);
        _session.Abandon("That is no media.");

        (await done).ShouldBe("That is no media.");
    }

    [Fact]
    public async Task A_sender_of_nothing_is_done_at_once()
    {
        (await _session.DrainAsync(Patience, TimeProvider.System, default)).ShouldBeNull();
    }

    private async Task<Task<string?>> SendAsync()
    {
        (await _session.WriteAsync(new byte[4], default)).ShouldBeNull();
        return _session.DrainAsync(Patience, TimeProvider.System, default);
    }
}
