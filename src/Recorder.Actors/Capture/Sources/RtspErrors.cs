using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Rtsp;
using static Recorder.Actors.Capture.SourceFailure;

namespace Recorder.Actors.Capture;

/// <summary>Translates what a camera refuses into sentences for users. A refused login is permanent, because cameras lock
/// accounts.</summary>
internal static class RtspErrors
{
    private const int NotEnoughBandwidth = 453;
    private const int ServiceUnavailable = 503;

    public static SourceFailure Translate(SourceUri source, RtspException error)
    {
        var name = source.Masked;
        var said = Credentials.Mask(error.Message);
        return error.Fault switch
        {
            RtspFault.Timeout => Transient(SourceErrors.NoAnswer(source, source.OpenDeadline).Message),
            RtspFault.Unauthorized => Permanent(
                ErrorName.SecurityError,
                $"{name} refuses the user name or password: write them as {source.Scheme}://user:password@host/path."),
            RtspFault.Forbidden => Permanent(
                ErrorName.SecurityError, $"{name} forbids access: give this user the permission to view the stream."),
            RtspFault.NotFound => Transient($"{name} has no such stream (404): check the path, or wait until it is published."),
            RtspFault.UnsupportedTransport when source.StatedTransport is { } stated => Permanent(
                ErrorName.NotSupportedError, $"{name} does not send over {stated} ({said}): name another transport, or none."),
            RtspFault.NoTrack => Permanent(
                ErrorName.NotSupportedError, $"{name} has no video or audio track that can be recorded: name another source; #via=ffmpeg tries FFmpeg's client."),
            RtspFault.Malformed or RtspFault.TooMuch => Transient(
                $"{name} cannot be understood: {said}. Check that it is an RTSP server; #via=ffmpeg tries FFmpeg's client."),
            RtspFault.Redirected => Transient($"{name} redirects too often: name the address that it redirects to."),
            RtspFault.Refused when error.Status == NotEnoughBandwidth => Transient(
                $"{name} serves no further client ({said}): close another viewer, or allow more connections at the camera."),
            RtspFault.Refused when error.Status == ServiceUnavailable => Transient(
                $"{name} is not ready ({said}): wait, or restart the camera."),
            _ => Transient($"{name} cannot be reached: {said}."),
        };
    }
}
