using System.Globalization;

namespace Recorder.FFmpeg;

/// <summary>Enforces <see cref="MediaLimits"/> by FFmpeg's options, or by checking its description of the source.</summary>
internal sealed unsafe class MediaLimitCheck(string name, MediaLimits limits)
{
    /// <summary>Stops the demuxer after one track more than allowed, so that a check finds the excess.</summary>
    public void Apply(NativeOptions options) => options.Set("max_streams", Math.Min(limits.Tracks, int.MaxValue - 1) + 1L);

    /// <summary>Reads ahead until the streams' parameters are known. The decoders refuse frames that are too large.</summary>
    public int FindStreamInfo(AVFormatContext* context)
    {
        // FFmpeg takes one dictionary for each stream that exists now, and removes the options that it used.
        var count = (int)context->nb_streams;
        var options = new NativeOptions[count];
        var pointers = stackalloc AVDictionary*[count + 1];
        for (var i = 0; i < count; i++)
        {
            options[i] = new NativeOptions();
            options[i].Set("max_pixels", limits.Pixels);
            pointers[i] = *options[i].Address;
        }
        var found = ffmpeg.avformat_find_stream_info(context, count == 0 ? null : pointers);
        for (var i = 0; i < count; i++)
        {
            *options[i].Address = pointers[i];
            options[i].Dispose();
        }
        return found;
    }

    public void Check(AVFormatContext* context)
    {
        if (context->nb_streams > limits.Tracks)
            throw TooManyTracks();
        for (var i = 0; i < context->nb_streams; i++)
        {
            var stream = context->streams[i];
            var parameters = stream->codecpar;
            if (IsVideo(stream) && (long)parameters->width * parameters->height > limits.Pixels)
                throw TooLarge(name, parameters->width, parameters->height, limits.Pixels);
        }
    }

    /// <summary>Checks streams whose size changed by headers in the stream, which FFmpeg's description does not show.</summary>
    public void Check(IReadOnlyList<StreamInfo> streams)
    {
        foreach (var stream in streams)
        {
            var (width, height) = (stream.Parameters.Width, stream.Parameters.Height);
            if (!stream.AttachedPicture && (long)width * height > limits.Pixels)
                throw TooLarge(name, width, height, limits.Pixels);
        }
    }

    /// <summary>Checks for a video stream whose size is unknown because its frames were too large to be decoded.</summary>
    public void CheckDecoded(AVFormatContext* context, LimitViolations violations)
    {
        for (var i = 0; violations.HasTooManyPixels && i < context->nb_streams; i++)
        {
            var stream = context->streams[i];
            if (IsVideo(stream) && (stream->codecpar->width <= 0 || stream->codecpar->format < 0))
                throw new FFmpegException(NativeError.InvalidArgument, $"{name} has pictures of more than {Pixels(limits.Pixels)}.") { ExceedsLimit = true };
        }
    }

    public FFmpegException TooManyTracks() =>
        new(NativeError.InvalidArgument, $"{name} has more than {limits.Tracks} track{(limits.Tracks == 1 ? "" : "s")}.") { ExceedsLimit = true };

    public static FFmpegException TooLarge(string name, int width, int height, long most) =>
        new(NativeError.InvalidArgument, $"{name} has pictures of {width}×{height}, more than {Pixels(most)}.") { ExceedsLimit = true };

    private static string Pixels(long count) => string.Create(CultureInfo.InvariantCulture, $"{count:#,0} pixels");

    // A cover picture is not recorded and, if it is too large, not decoded: it does not make the source too large.
    private static bool IsVideo(AVStream* stream) =>
        stream->codecpar->codec_type == AVMediaType.AVMEDIA_TYPE_VIDEO && (stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) == 0;
}
