using Microsoft.Extensions.Logging;
using Recorder.FFmpeg.Bindings;

namespace Recorder.FFmpeg;

/// <summary>The FFmpeg libraries of this process.</summary>
public static unsafe class FFmpegLibrary
{
    private static readonly Lock Gate = new();
    private static bool _initialized;

    /// <summary>The version of the loaded libraries, as FFmpeg states it ("5.1.9-0+deb12u1").</summary>
    /// <exception cref="FFmpegUnavailableException">The libraries are missing or not supported.</exception>
    public static string Version
    {
        get
        {
            Ensure();
            return ffmpeg.av_version_info();
        }
    }

    /// <summary>Major version of libavcodec: 59 for FFmpeg 5.</summary>
    /// <exception cref="FFmpegUnavailableException">The libraries are missing or not supported.</exception>
    public static int CodecMajor
    {
        get
        {
            Ensure();
            return Libraries.CodecMajor;
        }
    }

    /// <summary>Loads the libraries and sends FFmpeg's log to a logger; null discards it. May be called again.</summary>
    /// <exception cref="FFmpegUnavailableException">The libraries are missing or not supported.</exception>
    public static void Initialize(ILogger? logger = null)
    {
        Ensure();
        NativeLog.Use(logger);
    }

    /// <summary>Whether FFmpeg has an encoder of this name ("libx264") or for this codec ("h264").</summary>
    public static bool HasEncoder(string name)
    {
        Ensure();
        return ffmpeg.avcodec_find_encoder_by_name(name) != null
            || (ffmpeg.avcodec_descriptor_get_by_name(name) is var codec && codec != null && ffmpeg.avcodec_find_encoder(codec->id) != null);
    }

    /// <summary>Whether FFmpeg has a decoder of this name or for this codec.</summary>
    public static bool HasDecoder(string name)
    {
        Ensure();
        return ffmpeg.avcodec_find_decoder_by_name(name) != null
            || (ffmpeg.avcodec_descriptor_get_by_name(name) is var codec && codec != null && ffmpeg.avcodec_find_decoder(codec->id) != null);
    }

    /// <summary>Whether FFmpeg has a muxer of this name.</summary>
    public static bool HasMuxer(string name)
    {
        Ensure();
        return ffmpeg.av_guess_format(name, null!, null!) != null;
    }

    /// <summary>Whether FFmpeg has a demuxer of this name. A device ("v4l2") loads libavdevice.</summary>
    public static bool HasDemuxer(string name) => FindDemuxer(name) != null;

    internal static AVInputFormat* FindDemuxer(string name)
    {
        Ensure();
        var format = ffmpeg.av_find_input_format(name);
        if (format != null)
            return format;
        // libavdevice costs 16 MB and several desktop libraries, so it is loaded only when a device is asked for.
        ffmpeg.avdevice_register_all();
        return ffmpeg.av_find_input_format(name);
    }

    /// <summary>Loads the libraries once. Every class that uses the bindings calls this first.</summary>
    internal static void Ensure()
    {
        if (Volatile.Read(ref _initialized))
            return;
        lock (Gate)
        {
            if (_initialized)
                return;
            Libraries.Unavailable = message => new FFmpegUnavailableException(message);
            Libraries.Load();
            NativeLog.Attach();
            _ = ffmpeg.avformat_network_init();
            Volatile.Write(ref _initialized, true);
        }
    }
}
