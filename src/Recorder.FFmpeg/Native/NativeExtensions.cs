using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>Fields of native structs that C# cannot use directly: channel layouts, metadata and rationals.</summary>
internal static unsafe class NativeExtensions
{
    public static AVChannelLayout* Address(ref AVChannelLayout layout) => (AVChannelLayout*)Unsafe.AsPointer(ref layout);

    public static string? Metadata(AVStream* stream, string key)
    {
        var entry = ffmpeg.av_dict_get(stream->metadata, key, null, 0);
        return entry == null ? null : Marshal.PtrToStringUTF8((nint)entry->value);
    }

    public static void SetMetadata(ref AVDictionary* metadata, string key, string value)
    {
        fixed (AVDictionary** address = &metadata)
            NativeError.Check(ffmpeg.av_dict_set(address, key, value, 0), $"Metadata {key}");
    }

    public static Rational ToRational(this AVRational native) => new(native.num, native.den);

    public static AVRational ToNative(this Rational value) => new() { num = value.Num, den = value.Den };
}
