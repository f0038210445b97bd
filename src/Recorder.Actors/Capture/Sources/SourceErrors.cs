using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>A source that cannot be captured; the message is one sentence with credentials masked.</summary>
public sealed class CaptureException : Exception
{
    /// <summary>Creates the exception.</summary>
    internal CaptureException(MediaError error)
        : base(error.Message) => Error = error;

    /// <summary>What is wrong and what to do.</summary>
    public MediaError Error { get; }
}

/// <summary>What a failure to open or read means: whether trying again can help, and the sentence for people.</summary>
/// <param name="IsPermanent">Whether there is no use in trying again.</param>
/// <param name="Error">Name and sentence.</param>
internal sealed record SourceFailure(bool IsPermanent, MediaError Error);

/// <summary>
/// Translates failures. Files and missing abilities fail for good, and so does a refused login, because cameras lock accounts; a source
/// that was open once is always tried again. Everything else on the network may pass: a camera that starts answers 404 for a while.
/// </summary>
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

    /// <summary>What a failure means.</summary>
    /// <param name="source">The source.</param>
    /// <param name="error">What was thrown.</param>
    /// <param name="wasOpen">Whether the source was open before, so that it is known to work.</param>
    public static SourceFailure Translate(SourceUri source, Exception error, bool wasOpen)
    {
        if (error is CaptureException known)
        {
            return new SourceFailure(!wasOpen, known.Error);
        }

        if (error is FFmpegUnavailableException)
        {
            return Permanent(ErrorName.NotSupportedError, error.Message);
        }

        var failure = error is FFmpegException ffmpeg ? Of(source, ffmpeg) : Of(source, error);
        return wasOpen ? failure with { IsPermanent = false } : failure;
    }

    /// <summary>Why an open source is lost.</summary>
    /// <param name="source">The source.</param>
    /// <param name="error">What reading it threw; null when it ended by itself.</param>
    public static string WhileReading(SourceUri source, Exception? error) => error switch
    {
        null => $"{source.Masked} closed the stream.",
        // FFmpeg's own deadline for a read is a second longer than the source's, and comes first when the actor is late: both say the same.
        FFmpegException { IsTimeout: true } => Silent(source, SourcePatience.Longest),
        _ => Translate(source, error, wasOpen: true).Error.Message,
    };

    /// <summary>An open source from which nothing came within its deadline.</summary>
    /// <param name="source">The source.</param>
    /// <param name="lasting">For how long.</param>
    public static string Silent(SourceUri source, TimeSpan lasting) =>
        $"{source.Masked} sent nothing for {(source.StatedDeadline ?? TimeSpan.FromSeconds(Math.Floor(lasting.TotalSeconds))).TotalSeconds:0.###} s: check that it is on and reachable.";

    /// <summary>Says plainly what is wrong with a file before FFmpeg says it in its own words.</summary>
    /// <exception cref="CaptureException">It is missing, a folder, empty or unreadable.</exception>
    public static void ThrowIfNoFile(SourceUri source)
    {
        if (source.Kind != SourceKind.File)
        {
            return;
        }

        if (Directory.Exists(source.Address))
        {
            throw Failed(ErrorName.NotSupportedError, $"'{source.Address}' is a folder: name a media file in it.");
        }

        var file = new FileInfo(source.Address);
        if (!file.Exists)
        {
            throw Failed(ErrorName.UnknownError, $"There is no file '{source.Address}': check the path.");
        }

        try
        {
            using var handle = File.OpenHandle(source.Address, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (UnauthorizedAccessException)
        {
            throw Failed(ErrorName.SecurityError, $"The file '{source.Address}' may not be read: give this user the permission to read it.");
        }

        if (file.Length == 0)
        {
            throw Failed(ErrorName.NotSupportedError, $"'{source.Address}' is empty or no regular file: name a media file.");
        }
    }

    /// <summary>An open source without anything to record.</summary>
    public static CaptureException NoTrack(SourceUri source) => Failed(
        ErrorName.NotSupportedError, $"{source.Masked} has no video or audio track that can be recorded: name another source.");

    /// <summary>A source that did not answer in time.</summary>
    public static MediaError NoAnswer(SourceUri source, TimeSpan deadline) => new(
        ErrorName.UnknownError, $"{source.Masked} did not answer in {deadline.TotalSeconds:0.###} s: check that it is on and reachable.");

    /// <summary>A file of which no packet could be read.</summary>
    public static MediaError NothingReadable(SourceUri source, string cause) => new(
        ErrorName.NotSupportedError, $"Nothing could be read of {source.Masked} ({cause.TrimEnd('.')}): repair the file or name another.");

    private static SourceFailure Of(SourceUri source, FFmpegException error)
    {
        var name = source.Masked;
        var message = Credentials.Mask(error.Message);
        var local = source.Kind == SourceKind.File;
        if (error.IsTimeout)
        {
            return new SourceFailure(false, NoAnswer(source, source.OpenDeadline));
        }

        if (error.ExceedsLimit)
        {
            return Permanent(
                ErrorName.NotSupportedError, $"{message.TrimEnd('.')}: name another source, or raise the limit (--max-tracks, --max-pixels).");
        }

        return error.Code switch
        {
            var c when c == InvalidData && (local || source.Scheme is "http" or "https") =>
                Permanent(ErrorName.NotSupportedError, $"{name} is no media that can be read (invalid data): name a media file or stream."),
            var c when c == Unauthorized =>
                Permanent(ErrorName.SecurityError, $"{name} refuses the user name or password: write them as {source.Scheme}://user:password@host/path."),
            var c when c == Forbidden =>
                Permanent(ErrorName.SecurityError, $"{name} forbids access: give this user the permission to view the stream."),
            var c when c == NotFound =>
                Transient($"{name} has no such stream (404): check the path, or wait until it is published."),
            var c when c == ProtocolNotFound || c == DemuxerNotFound =>
                Permanent(ErrorName.NotSupportedError, $"{name} cannot be read with this FFmpeg, which lacks '{source.Scheme}' or may not open what it names: install a full FFmpeg or use another source."),
            var c when c == OptionNotFound =>
                Permanent(ErrorName.NotSupportedError, $"{name} was refused an option by FFmpeg: {message}"),
            NoEntry or NoDevice when source.Kind == SourceKind.Device =>
                Permanent(ErrorName.UnknownError, $"There is no device {name}: check its name and that it is plugged in."),
            NotPermitted or AccessDenied when source.Kind != SourceKind.Network =>
                Permanent(ErrorName.SecurityError, $"{name} may not be opened: give this user the permission (for cameras the group 'video', for sound 'audio')."),
            // What FFmpeg answers when the demuxer it found is not on the list.
            InvalidArgument when local || source.Scheme is "http" or "https" => Permanent(
                ErrorName.NotSupportedError, $"{name} is of a kind that is not opened, such as a playlist that may name other files: name a media file or stream."),
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

    private static SourceFailure Permanent(ErrorName name, string message) => new(true, new MediaError(name, message));

    private static SourceFailure Transient(string message) => new(false, new MediaError(ErrorName.UnknownError, message));

    private static int Tag(char a, char b, char c, char d) => -(a | (b << 8) | (c << 16) | (d << 24));
}
