using Recorder.FFmpeg;

namespace Recorder.Actors.Recording;

// How the codecs of a recording end.
internal sealed partial class MediaPipeline
{
    // Each of them, whatever becomes of another.
    private void CloseCodecs()
    {
        FFmpegException? stuck = null;
        foreach (var track in _tracks)
        {
            try
            {
                track.CloseCodec();
            }
            catch (FFmpegException failed)
            {
                stuck ??= failed;
            }
        }

        if (stuck is not null)
        {
            throw stuck;
        }
    }
}
