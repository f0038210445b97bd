using Microsoft.Extensions.Logging;

namespace Recorder.FFmpeg;

/// <summary>The FFmpeg libraries of this process.</summary>
public static class FFmpegLibrary
{
    /// <summary>The version of the loaded libraries, as FFmpeg states it ("5.1.9-0+deb12u1").</summary>
    /// <exception cref="FFmpegUnavailableException">The libraries are missing or not supported.</exception>
    public static string Version => throw new NotImplementedException();

    /// <summary>Major version of libavcodec: 59 for FFmpeg 5.</summary>
    public static int CodecMajor => throw new NotImplementedException();

    /// <summary>Loads the libraries and sends FFmpeg's log to <paramref name="logger"/> (none: discarded). May be called again.</summary>
    /// <exception cref="FFmpegUnavailableException">The libraries are missing or not supported.</exception>
    public static void Initialize(ILogger? logger = null) => throw new NotImplementedException();

    /// <summary>Whether an encoder of this name ("libx264") or codec ("h264") is there.</summary>
    public static bool HasEncoder(string name) => throw new NotImplementedException();

    /// <summary>Whether a decoder of this name or codec is there.</summary>
    public static bool HasDecoder(string name) => throw new NotImplementedException();

    /// <summary>Whether a muxer of this name is there.</summary>
    public static bool HasMuxer(string name) => throw new NotImplementedException();

    /// <summary>Whether a demuxer of this name is there; a device's ("v4l2") loads libavdevice.</summary>
    public static bool HasDemuxer(string name) => throw new NotImplementedException();
}
