using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Rtsp;
using static Recorder.Actors.Capture.SourceFailure;

namespace Recorder.Actors.Capture;

/// <summary>Translates errors of FFmpeg and the system into sentences for users. Refused logins are permanent, because cameras
/// lock accounts, and so are errors of files. A source that was open once is always tried again, and so are other network errors:
/// a camera that is starting answers 404 for a while.</summary>
internal static class SourceErrors
{
    private const int NotPermitted = -1;
    private const int NoEntry = -2;
    private const int AccessDenied = -13;
    private const int Busy = -16;
    private const int NoDevice = -19;
    private const int InvalidArgument = -22;
    private static readonly int InvalidData = Tag('I', 'N', 'D', 'A');
    private static readonly int ProtocolNotFound = Tag('\xF8', 'P', 'R', 'O');
    private static readonly int DemuxerNotFound = Tag('\xF8', 'D', 'E', 'M');
    private static readonly int OptionNotFound = Tag('\xF8', 'O', 'P', 'T');
    private static readonly int Unauthorized = Tag('\xF8', '4', '0', '1');
    private static readonly int Forbidden = Tag('\xF8', '4', '0', '3');
    private static readonly int NotFound = Tag('\xF8', '4', '0', '4');

    public static SourceFailure Translate(SourceUri source, Exception error, bool wasOpen)
    {
        if (error is CaptureException known)
            return new SourceFailure(!wasOpen, known.Error);

        if (error is FFmpegUnavailableException)
            return Permanent(ErrorName.NotSupportedError, error.Message);

        var failure = error switch
        {
            FFmpegException ffmpeg => Of(source, ffmpeg),
            RtspException rtsp => RtspErrors.Translate(source, rtsp),
            _ => Of(source, error),
        };
        return wasOpen ? failure with { IsPermanent = false } : failure;
    }

    public static string WhileReading(SourceUri source, Exception? error) => error switch
    {
        null => $"{source.Masked} closed the stream.",
        // FFmpeg's deadline is a second longer than the actor's, but passes first if the actor is late: the same message.
        FFmpegException { IsTimeout: true } => Silent(source, SourcePatience.Longest),
        RtspException { Fault: RtspFault.Closed } closed => $"{source.Masked} was lost: {Credentials.Mask(closed.Message)}.",
        _ => Translate(source, error, wasOpen: true).Error.Message,
    };

    public static string Silent(SourceUri source, TimeSpan silence)
    {
        var time = source.StatedDeadline ?? TimeSpan.FromSeconds(Math.Floor(silence.TotalSeconds));
        return $"{source.Masked} sent nothing for {time.TotalSeconds:0.###} s: check that it is on and reachable.";
    }

    /// <summary>Checks a file before FFmpeg opens it, because FFmpeg's messages are less clear.</summary>
    public static void ThrowIfNoFile(SourceUri source)
    {
        if (source.Kind != SourceKind.File)
            return;

        if (Directory.Exists(source.Address))
            throw Failed(ErrorName.NotSupportedError, $"'{source.Address}' is a folder: name a media file in it.");

        var file = new FileInfo(source.Address);
        if (!file.Exists)
            throw Failed(ErrorName.UnknownError, $"The file '{source.Address}' does not exist: check the path.");

        try
        {
            using var handle = File.OpenHandle(source.Address, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (UnauthorizedAccessException)
        {
            throw Failed(
                ErrorName.SecurityError, $"Permission to read '{source.Address}' was denied: give this user read permission.");
        }

        if (file.Length == 0)
            throw Failed(ErrorName.NotSupportedError, $"'{source.Address}' is empty or not a regular file: name a media file.");
    }

    public static CaptureException NoTrack(SourceUri source) => Failed(
        ErrorName.NotSupportedError, $"{source.Masked} has no video or audio track that can be recorded: name another source.");

    public static MediaError NoAnswer(SourceUri source, TimeSpan deadline) => new(
        ErrorName.UnknownError,
        $"{source.Masked} did not answer in {deadline.TotalSeconds:0.###} s: check that it is on and reachable.");

    public static MediaError NoKeyFrame(SourceUri source, TimeSpan wait) => new(
        ErrorName.UnknownError,
        $"{source.Masked} sent no key frame in {wait.TotalSeconds:0.#} s: set a shorter key-frame interval at the source.");

    public static MediaError NothingReadable(SourceUri source, string cause) => new(
        ErrorName.NotSupportedError,
        $"No media could be read from {source.Masked} ({cause.TrimEnd('.')}): repair the file or name another one.");

    private static SourceFailure Of(SourceUri source, FFmpegException error)
    {
        var name = source.Masked;
        var message = Credentials.Mask(error.Message);
        var local = source.Kind == SourceKind.File;
        if (error.IsTimeout)
            return new SourceFailure(false, NoAnswer(source, source.OpenDeadline));

        if (error.ExceedsLimit)
        {
            return Permanent(
                ErrorName.NotSupportedError,
                $"{message.TrimEnd('.')}: name another source, or raise the limit (--max-tracks, --max-pixels).");
        }

        return error.Code switch
        {
            var c when c == InvalidData && (local || source.Scheme is "http" or "https") =>
                Permanent(
                    ErrorName.NotSupportedError,
                    $"{name} is not media that can be read (invalid data): name a media file or stream."),
            var c when c == Unauthorized =>
                Permanent(
                    ErrorName.SecurityError,
                    $"{name} refuses the user name or password: write them as {source.Scheme}://user:password@host/path."),
            var c when c == Forbidden =>
                Permanent(ErrorName.SecurityError, $"{name} forbids access: give this user the permission to view the stream."),
            var c when c == NotFound =>
                Transient($"{name} has no such stream (404): check the path, or wait until it is published."),
            var c when c == ProtocolNotFound || c == DemuxerNotFound =>
                Permanent(
                    ErrorName.NotSupportedError,
                    $"{name} cannot be read, because this FFmpeg does not support '{source.Scheme}' or the source refers to "
                    + "something that is not allowed: install a full FFmpeg or use another source."),
            var c when c == OptionNotFound =>
                Permanent(ErrorName.NotSupportedError, $"FFmpeg does not know an option of {name}: {message}"),
            NoEntry or NoDevice when source.Kind == SourceKind.Device =>
                Permanent(ErrorName.UnknownError, $"The device {name} was not found: check its name and that it is plugged in."),
            NotPermitted or AccessDenied when source.Kind != SourceKind.Network =>
                Permanent(
                    ErrorName.SecurityError,
                    $"Permission to open {name} was denied: "
                    + "give this user the permission (the group 'video' for cameras, 'audio' for sound)."),
            // FFmpeg found a demuxer that is not on the whitelist.
            InvalidArgument when local || source.Scheme is "http" or "https" => Permanent(
                ErrorName.NotSupportedError,
                $"{name} has a format that is not allowed, such as a playlist that may name other files: "
                + "name a media file or stream."),
            Busy => Transient($"{name} is in use by another program: close that program."),
            _ => local
                ? Permanent(ErrorName.UnknownError, $"{name} cannot be read: {message}")
                : Transient($"{name} cannot be reached: {message}"),
        };
    }

    private static SourceFailure Of(SourceUri source, Exception error) => source.Kind == SourceKind.File
        ? Permanent(ErrorName.UnknownError, $"'{source.Address}' cannot be read: {error.Message}")
        : Transient($"{source.Masked} cannot be read: {Credentials.Mask(error.Message)}");

    private static CaptureException Failed(ErrorName name, string message) => new(new MediaError(name, message));
    private static int Tag(char a, char b, char c, char d) => -(a | (b << 8) | (c << 16) | (d << 24));
}
