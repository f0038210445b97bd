using System.Runtime.CompilerServices;

namespace Recorder.FFmpeg;

/// <summary>Addresses of channel layouts inside other structs, and conversions of rationals.</summary>
internal static unsafe class NativeExtensions
{
    public static AVChannelLayout* Layout(this ref AVCodecParameters native) => (AVChannelLayout*)Unsafe.AsPointer(ref native.ch_layout);

    public static AVChannelLayout* Layout(this ref AVCodecContext native) => (AVChannelLayout*)Unsafe.AsPointer(ref native.ch_layout);

    public static AVChannelLayout* Layout(this ref AVFrame native) => (AVChannelLayout*)Unsafe.AsPointer(ref native.ch_layout);

    public static Rational ToRational(this AVRational native) => new(native.num, native.den);

    public static AVRational ToNative(this Rational value) => new() { num = value.Num, den = value.Den };
}
