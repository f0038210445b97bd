using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Media.Export.Editing;

/// <summary>
/// Black key frames for a track of H.264. Their parameter sets have numbers of their own and stand in the header beside those of the camera, so that
/// no frame of the camera has to be changed and both are decoded by what the header says.
/// </summary>
internal sealed class BlackFrames
{
    // Cameras count from 0; H.264 allows up to 31.
    private const int SetsNumber = 29;

    // Two key frames that follow each other must differ in idr_pic_id (H.264, 7.4.3).
    private readonly byte[][] _frames;

    private BlackFrames(CodecParameters parameters, byte[][] frames) => (Parameters, _frames) = (parameters, frames);

    /// <summary>The camera's parameters, with the parameter sets of the black frames.</summary>
    public CodecParameters Parameters { get; }

    public int FrameBytes => _frames.Max(frame => frame.Length);

    public byte[] Frame(long place) => _frames[place & 1];

    /// <exception cref="EditExportException">Black frames of this kind cannot be made.</exception>
    public static BlackFrames Encode(CodecParameters camera, Rational frameRate, IMediaCodecs codecs)
    {
        var header = camera.CopyExtraData();
        var sets = ParameterSets.For("h264")!;
        if (camera.Codec != "h264" || sets.LengthSize(header) is not (> 0 and var lengthSize) ||
            sets.InfoOf(sets.OfHeader(header).ToArray()) is not { Chroma: 1, LumaDepth: 0, ChromaDepth: 0 } || (camera.Width | camera.Height) % 2 != 0)
        {
            throw Refused($"only H.264 with 8 bits and 4:2:0 has black frames, and this is {camera}");
        }

        try
        {
            var (blackSets, frames) = Encode(camera.Width, camera.Height, frameRate, lengthSize, codecs);
            var merged = sets.Merge(sets.OfHeader(header).ToArray(), blackSets);
            return frames.Length == 2 && sets.ToHeader(merged, lengthSize) is { } both
                ? new BlackFrames(camera.With(both), frames)
                : throw Refused("the encoder made none");
        }
        catch (FFmpegException failed)
        {
            throw Refused(failed.Message, failed);
        }
    }

    private static (byte[] Sets, byte[][] Frames) Encode(int width, int height, Rational frameRate, int lengthSize, IMediaCodecs codecs)
    {
        using var raw = CodecParameters.RawVideo(width, height, "yuv420p", frameRate);
        using var encoder = codecs.OpenVideo(raw, frameRate.Inverse, new VideoEncoding
        {
            Codec = "h264",
            BitsPerSecond = ExportFormat.BitRateOf(raw),
            KeyFrameIntervalCount = 1,
            GlobalHeader = true,
            SetsNumber = SetsNumber,
        });
        var picture = new byte[width * height * 3 / 2];
        picture.AsSpan(0, width * height).Fill(16);
        picture.AsSpan(width * height).Fill(128);
        var (input, output) = (PacketBatch.Rent(), PacketBatch.Rent());
        try
        {
            for (var i = 0; i < 2; i++)
            {
                input.Add(picture, 0, i, i, 1, key: true);
                encoder.Write(input, i, i, output, 0);
            }

            encoder.Finish(output, 0);
            var frames = Enumerable.Range(0, output.Count).Select(index => SlicesOf(output.Data(index), lengthSize)).Where(frame => frame.Length > 0);
            return (encoder.Output.CopyExtraData(), [.. frames]);
        }
        finally
        {
            input.Release();
            output.Release();
        }
    }

    // Of an encoder's packet, only the picture: not its settings, which it writes before the first one.
    private static byte[] SlicesOf(ReadOnlySpan<byte> packet, int lengthSize)
    {
        const int KeySlice = 5;
        var bytes = new List<byte>(packet.Length);
        while (AnnexB.TryNext(ref packet, out var unit))
        {
            if (!unit.IsEmpty && NalUnit.AvcType(unit[0]) == KeySlice)
                NalUnit.Append(bytes, unit, lengthSize);
        }

        return [.. bytes];
    }

    private static EditExportException Refused(string why, Exception? cause = null) => new(
        EditError.NoBlack, $"The holes of this recording cannot be filled with black: {why.TrimEnd('.')}. Ask for stated holes.", cause);
}
