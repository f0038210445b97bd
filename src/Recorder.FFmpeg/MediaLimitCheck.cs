using System.Globalization;

namespace Recorder.FFmpeg;

/// <summary>Holds a source to its <see cref="MediaLimits"/>: by FFmpeg's own options where it obeys them, by what it says of the source else.</summary>
internal sealed unsafe class MediaLimitCheck(string name, MediaLimits limits)
{
    /// <summary>Has the demuxer make one track more than there may be and no further.</summary>
    public void Apply(NativeOptions options) => options.Set("max_streams", Text(Math.Min(limits.Tracks, int.MaxValue - 1) + 1L));

    /// <summary>Reads ahead until the streams are known, with decoders that refuse pictures that are too large.</summary>
    public int FindStreamInfo(AVFormatContext* context)
    {
        // One dictionary for each stream that is known by now; FFmpeg takes out of them what it used.
        var count = (int)context->nb_streams;
        var options = new NativeOptions[count];
        var pointers = stackalloc AVDictionary*[count + 1];
        for (var i = 0; i < count; i++)
        {
            options[i] = new NativeOptions([]);
            options[i].Set("max_pixels", Text(limits.Pixels));
            pointers[i] = options[i].Pointer;
        }
        var found = ffmpeg.avformat_find_stream_info(context, count == 0 ? null : pointers);
        for (var i = 0; i < count; i++)
        {
            options[i].Pointer = pointers[i];
            options[i].Dispose();
        }
        return found;
    }

    /// <summary>Refuses what is known of the streams by now.</summary>
    /// <exception cref="FFmpegException">There are too many, or one's pictures are too large.</exception>
    public void Check(AVFormatContext* context)
    {
        if (context->nb_streams > limits.Tracks)
            throw TooMany();
        for (var i = 0; i < context->nb_streams; i++)
        {
            var stream = context->streams[i];
            var parameters = stream->codecpar;
            // A cover is not recorded; it is only not decoded when it is too large.
            if (parameters->codec_type == AVMediaType.AVMEDIA_TYPE_VIDEO && (stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) == 0
                && (long)parameters->width * parameters->height > limits.Pixels)
                throw TooLarge(name, parameters->width, parameters->height, limits.Pixels);
        }
    }

    /// <summary>Refuses streams that became too large: in-band headers say so, FFmpeg's description does not.</summary>
    /// <exception cref="FFmpegException">One's pictures are too large.</exception>
    public void Check(IReadOnlyList<StreamInfo> streams)
    {
        foreach (var stream in streams)
        {
            var (width, height) = (stream.Parameters.Width, stream.Parameters.Height);
            if (!stream.AttachedPicture && (long)width * height > limits.Pixels)
                throw TooLarge(name, width, height, limits.Pixels);
        }
    }

    /// <summary>Refuses a video stream whose size was not found out because it was too large to be decoded.</summary>
    /// <exception cref="FFmpegException">There is one.</exception>
    public void CheckDecoded(AVFormatContext* context, NativeComplaints complaints)
    {
        for (var i = 0; complaints.HasTooManyPixels && i < context->nb_streams; i++)
        {
            var stream = context->streams[i];
            if (stream->codecpar->codec_type == AVMediaType.AVMEDIA_TYPE_VIDEO && (stream->disposition & ffmpeg.AV_DISPOSITION_ATTACHED_PIC) == 0
                && (stream->codecpar->width <= 0 || stream->codecpar->format < 0))
                throw new FFmpegException(NativeError.InvalidArgument, $"{name} has pictures of more than {Pixels(limits.Pixels)}.") { ExceedsLimit = true };
        }
    }

    public FFmpegException TooMany() =>
        new(NativeError.InvalidArgument, $"{name} has more than {limits.Tracks} track{(limits.Tracks == 1 ? "" : "s")}.") { ExceedsLimit = true };

    public static FFmpegException TooLarge(string name, int width, int height, long most) =>
        new(NativeError.InvalidArgument, $"{name} has pictures of {width}×{height}, more than {Pixels(most)}.") { ExceedsLimit = true };

    private static string Pixels(long count) => string.Create(CultureInfo.InvariantCulture, $"{count:#,0} pixels");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
