using Recorder.Actors.Capture;

namespace Recorder.Actors.Tests.Capture;

/// <summary>The reply to a sender that has sent everything.</summary>
public sealed class PushSessionSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly PushSession _session = new(_ => { });
    private readonly byte[] _buffer = new byte[16];

    [Fact]
    public async Task A_sender_is_done_when_recorders_have_received_the_stream_not_when_it_was_read()
    {
        var done = await SendAsync();

        _session.Read(_buffer, TimeSpan.Zero).ShouldBe(4);
        _session.Read(_buffer, TimeSpan.Zero).ShouldBe(-1);
        _session.Leave("No recorder is reading it.");
        done.IsCompleted.ShouldBeFalse();

        _session.Delivered();
        (await done).ShouldBeNull();
    }

    [Fact]
    public async Task A_sender_is_told_when_its_reader_leaves_before_the_end()
    {
        var done = await SendAsync();

        _session.Leave("No recorder is reading it.");
        _session.Delivered();

        (await done).ShouldBe("No recorder is reading it.");
        (await _session.WriteAsync(new byte[1], default)).ShouldBe("No recorder is reading it.");
    }

    [Fact]
    public async Task Data_that_is_not_media_is_refused_however_short_it_is()
    {
        var done = await SendAsync();

        _session.Read(_buffer, TimeSpan.Zero).ShouldBe(4);
        _session.Abandon("That is not media.");

        (await done).ShouldBe("That is not media.");
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
