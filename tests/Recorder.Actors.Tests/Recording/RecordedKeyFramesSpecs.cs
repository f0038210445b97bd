using Recorder.Actors.Recording;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>How a node that continues a recording finds a key frame that the previous node recorded too.</summary>
public sealed class RecordedKeyFramesSpecs : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private readonly PreRollBuffer _buffer = new(TimeSpan.FromSeconds(15), 1 << 20, identifies: true);

    public RecordedKeyFramesSpecs() => _buffer.Open(new SourceOpened([ScriptedMedia.Video]));

    public void Dispose() => _buffer.Clear();

    [Fact]
    public void A_recording_continues_at_the_last_key_frame_of_the_previous_node_whatever_the_clocks_say()
    {
        Fill(1, 2, 3, 4);

        var (taken, seam) = _buffer.TakeAt([KeyFrame(0, 1), KeyFrame(1, 2), KeyFrame(2, 3)]).ShouldNotBeNull();

        seam.MediaTime.ShouldBe(TimeSpan.FromSeconds(2));
        taken[0].ShouldBeOfType<SourceOpened>();
        Content(taken.Skip(1)).ShouldBe([3, 30, 4, 40]);
    }

    [Fact]
    public void A_key_frame_that_occurs_twice_is_ignored()
    {
        Fill(1, 7, 7);

        _buffer.TakeAt([KeyFrame(0, 7)]).ShouldBeNull();
        _buffer.TakeAt([KeyFrame(0, 9), KeyFrame(1, 9)]).ShouldBeNull();
        _buffer.TakeAt([KeyFrame(0, 1), KeyFrame(1, 1)]).ShouldBeNull();
        _buffer.TakeAt([KeyFrame(0, 1)]).ShouldNotBeNull().Seam.MediaTime.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void The_last_64_key_frames_are_kept()
    {
        var keyFrames = new RecordedKeyFrames();
        for (byte n = 0; n < 100; n++)
            keyFrames.Add(TimeSpan.FromSeconds(n), [n]);

        keyFrames.All.Count.ShouldBe(64);
        keyFrames.All[^1].ShouldBe(RecordedKeyFrames.Of(TimeSpan.FromSeconds(99), [99]));
    }

    // Adds GOPs of two frames with the same time.
    private void Fill(params byte[] keys)
    {
        foreach (var key in keys)
        {
            var batch = PacketBatch.Rent();
            batch.Add([key], 0, 0, 0, 1, key: true);
            batch.Add([(byte)(key * 10)], 0, 0, 0, 1, key: false);
            _buffer.Add(batch, Now, TimeSpan.Zero);
            batch.Release();
        }
    }

    private static KeyPicture KeyFrame(int second, byte key) => RecordedKeyFrames.Of(TimeSpan.FromSeconds(second), [key]);

    private static List<int> Content(IEnumerable<object> taken)
    {
        var content = new List<int>();
        foreach (var batch in taken.Cast<PacketBatch>())
        {
            for (var index = 0; index < batch.Count; index++)
                content.Add(batch.Data(index)[0]);

            batch.Release();
        }

        return content;
    }
}
