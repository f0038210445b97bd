namespace Recorder.FFmpeg.Tests;

/// <summary>Encoders end within a time limit in every state: they are drained before they are closed.</summary>
[Collection(nameof(FFmpegCollection))]
public sealed class EncoderEndSpecs
{
    // Much longer than an encoder may take: only one that hangs reaches this.
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    public static TheoryData<string, int, bool> Ends()
    {
        var all = new TheoryData<string, int, bool>();
        foreach (var codec in (string[])["av1", "h264", "vp8", "vp9"])
        {
            foreach (var frames in (int[])[0, 1, 5])
            {
                all.Add(codec, frames, true);
                all.Add(codec, frames, false);
            }
        }
        return all;
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task An_encoder_closes_with_or_without_frames_whether_finished_or_not(string codec, int frames, bool finished)
    {
        var transcoder = Open(codec);
        var output = PacketBatch.Rent();
        for (var i = 0; i < frames; i++)
            Write(transcoder, i, output);

        var ended = Task.Run(() =>
        {
            if (finished)
                transcoder.Finish(output, 0);
            transcoder.Close();
            transcoder.Close();
        });

        await ended.WaitAsync(Hang);
        if (finished)
            output.Count.ShouldBe(frames);
        output.Release();
    }

    [Fact]
    public void A_track_without_decodable_frames_encodes_nothing_and_closes()
    {
        using var broken = Open("av1");
        var output = PacketBatch.Rent();
        var batch = PacketBatch.Rent();
        batch.Add([1, 2, 3], 0, 0, 0, 1, key: true);
        broken.Write(batch, 0, 0, output, 0);
        broken.Finish(output, 0);
        broken.Close();
        broken.DecodeErrors.ShouldBe(1);
        output.Count.ShouldBe(0);
        batch.Release();
        output.Release();
    }

    [Fact]
    public void A_call_that_does_not_return_is_given_up_and_a_failure_is_thrown()
    {
        using var never = new ManualResetEventSlim();
        BoundedCall.Run("stuck", TimeSpan.FromMilliseconds(50), never.Wait).ShouldBeFalse();
        never.Set();
        BoundedCall.Run("quick", Hang, () => { }).ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => BoundedCall.Run("failing", Hang, () => throw new InvalidOperationException("so"))).Message.ShouldBe("so");
    }

    private static VideoTranscoder Open(string codec)
    {
        using var input = CodecParameters.RawVideo(64, 64, "yuv420p", new Rational(25, 1));
        return new VideoTranscoder(input, new Rational(1, 25), new VideoEncoding { Codec = codec, BitsPerSecond = 100_000, GlobalHeader = true });
    }

    private static void Write(VideoTranscoder transcoder, int number, PacketBatch output)
    {
        var batch = PacketBatch.Rent();
        batch.AddUninitialized(64 * 64 * 3 / 2, 0, number, number, 1, key: true).Fill((byte)(number * 20));
        transcoder.Write(batch, 0, number, output, 0);
        batch.Release();
    }
}
