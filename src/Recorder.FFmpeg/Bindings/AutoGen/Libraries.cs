namespace Recorder.FFmpeg.Generated;

/// <summary>The same door as the generated bindings', onto FFmpeg.AutoGen, which serves the one major its version is made for.</summary>
internal static class Libraries
{
    private static readonly Lock Gate = new();
    private static bool _loaded;

    public static int CodecMajor
    {
        get
        {
            Load();
            return (int)(ffmpeg.avcodec_version() >> 16);
        }
    }

    public static void Load()
    {
        lock (Gate)
        {
            if (_loaded)
                return;
            if (Environment.GetEnvironmentVariable("RECORDER_FFMPEG_DIR") is { Length: > 0 } folder)
                ffmpeg.RootPath = folder;
            try
            {
                _ = ffmpeg.avcodec_version();
                _ = ffmpeg.avformat_version();
            }
            catch (Exception e) when (e is DllNotFoundException or NotSupportedException)
            {
                throw new FFmpegUnavailableException(
                    "FFmpeg's shared libraries were not found: apt-get install libavcodec59 libavdevice59 libavformat59 libavutil57 libswresample4 libswscale6.");
            }
            _loaded = true;
        }
    }
}
