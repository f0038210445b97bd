using Recorder.Actors.Recording;
using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>How a node that takes a recorder over finds the key frame that both have.</summary>
public sealed class KeyPictureSpecs : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private readonly PreRollBuffer _ring = new(TimeSpan.FromSeconds(15), 1 << 20, identifies: true);

    public KeyPictureSpecs() => _ring.Open(new SourceOpened([ScriptedMedia.Video]));

    public void Dispose() => _ring.Clear();

    [Fact]
    public void It_begins_with_the_last_key_frame_that_the_node_before_recorded_whatever_the_clocks_say()
    {
        Hold(1, 2, 3, 4);

        var (past, seam) = _ring.TakeAt([Picture(0, 1), Picture(1, 2), Picture(2, 3)]).ShouldNotBeNull();

        seam.MediaTime.ShouldBe(TimeSpan.FromSeconds(2));
        past[0].ShouldBeOfType<SourceOpened>();
        Content(past.Skip(1)).ShouldBe([3, 30, 4, 40]);
    }

    [Fact]
    public void A_picture_that_stands_still_says_nothing()
    {
        Hold(1, 7, 7);

        _ring.TakeAt([Picture(0, 7)]).ShouldBeNull();
        _ring.TakeAt([Picture(0, 9), Picture(1, 9)]).ShouldBeNull();
        _ring.TakeAt([Picture(0, 1), Picture(1, 1)]).ShouldBeNull();
        _ring.TakeAt([Picture(0, 1)]).ShouldNotBeNull().Seam.MediaTime.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void The_last_sixty_four_are_known()
    {
        var pictures = new RecordedKeyFrames();
        for (byte n = 0; n < 100; n++)
        {
            pictures.Add(TimeSpan.FromSeconds(n), [n]);
        }

        pictures.All.Count.ShouldBe(64);
        pictures.All[^1].ShouldBe(RecordedKeyFrames.Of(TimeSpan.FromSeconds(99), [99]));
    }

    // Groups of two pictures; the clock says nothing.
    private void Hold(params byte[] keys)
    {
        foreach (var key in keys)
        {
            var batch = PacketBatch.Rent();
            batch.Add([key], 0, 0, 0, 1, key: true);
            batch.Add([(byte)(key * 10)], 0, 0, 0, 1, key: false);
            _ring.Add(batch, Now, TimeSpan.Zero);
            batch.Release();
        }
    }

    private static KeyPicture Picture(int second, byte key) => RecordedKeyFrames.Of(TimeSpan.FromSeconds(second), [key]);

    private static List<int> Content(IEnumerable<object> past)
    {
        var content = new List<int>();
        foreach (var batch in past.Cast<PacketBatch>())
        {
            for (var index = 0; index < batch.Count; index++)
            {
                content.Add(batch.Data(index)[0]);
            }

            batch.Release();
        }

        return content;
    }
}
