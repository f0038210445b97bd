using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

internal static unsafe class NativeError
{
    // Negated errno values, as AVERROR makes them. They are the same on every Linux that .NET supports.
    public const int Again = -11;
    public const int OutOfMemory = -12;
    public const int InvalidArgument = -22;

    public const int InvalidData = ffmpeg.AVERROR_INVALIDDATA;

    public static string Text(int code)
    {
        const int Length = 256;
        var buffer = stackalloc byte[Length];
        buffer[0] = 0;
        _ = ffmpeg.av_strerror(code, buffer, Length);
        return Marshal.PtrToStringUTF8((nint)buffer) is { Length: > 0 } text ? text : $"error {code}";
    }

    public static FFmpegException Failure(int code, string subject) => new(code, $"{Credentials.Mask(subject)}: {Text(code)}.");

    public static int Check(int code, string subject) => code >= 0 ? code : throw Failure(code, subject);

    public static int Check(int code, [InterpolatedStringHandlerArgument(nameof(code))] ref FailureText subject) =>
        code >= 0 ? code : throw Failure(code, subject.ToString());

    public static T* NotNull<T>(T* pointer)
        where T : unmanaged =>
        pointer != null ? pointer : throw new FFmpegException(OutOfMemory, "FFmpeg could not allocate memory.");
}

/// <summary>Formats an interpolated string only if the call failed, because most calls succeed and run once per packet.</summary>
[InterpolatedStringHandler]
internal ref struct FailureText
{
    private DefaultInterpolatedStringHandler _text;

    public FailureText(int literalLength, int formattedCount, int code, out bool failed)
    {
        failed = code < 0;
        _text = failed ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public override string ToString() => _text.ToStringAndClear();
}
