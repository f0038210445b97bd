using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Tests.Recording;

/// <summary>Raw video and audio, as a source would deliver them, at media times that a spec chooses.</summary>
internal static class ScriptedMedia
{
    public const int Width = 64;
    public const int Height = 48;
    public const int FrameRate = 25;
    public const int SampleRate = 48_000;

    public static readonly SourceTrack Video = new(
        0, CodecParameters.RawVideo(Width, Height, "yuv420p", new Rational(FrameRate, 1)), new Rational(1, FrameRate),
        new TrackDescription { Id = 0, Kind = TrackKind.Video, Codec = "rawvideo", Width = Width, Height = Height, FrameRate = FrameRate });

    public static readonly SourceTrack Audio = new(
        1, CodecParameters.Pcm(SampleRate, 1, "s16le"), new Rational(1, SampleRate),
        new TrackDescription { Id = 1, Kind = TrackKind.Audio, Codec = "pcm_s16le", SampleRate = SampleRate, Channels = 1 });

    public static readonly IReadOnlyList<SourceTrack> Both = [Video, Audio];

    /// <summary>A batch of frames with their audio.</summary>
    /// <param name="first">The first frame's number: its time.</param>
    /// <param name="count">Frames.</param>
    /// <param name="video">Whether there are video frames.</param>
    /// <param name="audio">Whether there is audio.</param>
    /// <param name="keyEvery">Frames from one key frame to the next.</param>
    /// <param name="firstKey">The number of a frame that is a key frame.</param>
    /// <param name="sample">The value of every audio byte.</param>
    public static PacketBatch Frames(
        int first, int count, bool video = true, bool audio = true, int keyEvery = 1, int firstKey = 0, byte sample = 0)
    {
        const int SamplesPerFrame = SampleRate / FrameRate;
        var pixels = new byte[Width * Height * 3 / 2];
        var samples = new byte[SamplesPerFrame * 2];
        Array.Fill(samples, sample);
        var batch = PacketBatch.Rent();
        for (var frame = first; frame < first + count; frame++)
        {
            if (video)
            {
                Array.Fill(pixels, (byte)(16 + (frame % 200)));
                var captured = DateTimeOffset.UnixEpoch.AddDays(1).AddSeconds(frame / (double)FrameRate);
                batch.Add(pixels, 0, frame, frame, 1, (frame - firstKey) % keyEvery == 0, captured);
            }

            if (audio)
                batch.Add(samples, 1, frame * (long)SamplesPerFrame, frame * (long)SamplesPerFrame, SamplesPerFrame, key: true);
        }

        return batch;
    }
}
