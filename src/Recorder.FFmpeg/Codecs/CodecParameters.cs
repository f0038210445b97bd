using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>
/// What a decoder must know of a stream. Immutable and safe to share between threads. The garbage collector frees an instance
/// that is not disposed, so one may be sent in messages without an owner.
/// </summary>
public sealed unsafe class CodecParameters : IDisposable
{
    private readonly CodecParametersHandle _handle;
    private readonly byte[] _displayMatrix;

    private CodecParameters(CodecParametersHandle handle, Rational frameRate, byte[] displayMatrix)
    {
        _handle = handle;
        _displayMatrix = displayMatrix;
        var native = handle.Pointer;
        Kind = native->codec_type switch
        {
            AVMediaType.AVMEDIA_TYPE_VIDEO => MediaKind.Video,
            AVMediaType.AVMEDIA_TYPE_AUDIO => MediaKind.Audio,
            AVMediaType.AVMEDIA_TYPE_UNKNOWN => MediaKind.Unknown,
            _ => MediaKind.Other,
        };
        Codec = ffmpeg.avcodec_get_name(native->codec_id);
        Width = native->width;
        Height = native->height;
        FrameRate = frameRate;
        ReorderedFrames = native->video_delay;
        SampleRate = native->sample_rate;
        Channels = native->ch_layout.nb_channels;
        BitRate = native->bit_rate;
        Rotation = RotationOf(displayMatrix);
        HasExtraData = native->extradata_size > 0;
        MimeCodec = MimeCodecs.Of(this, new ReadOnlySpan<byte>(native->extradata, native->extradata_size), native->profile, native->level, BitDepth(native));
    }

    /// <summary>The kind of media.</summary>
    public MediaKind Kind { get; }

    /// <summary>FFmpeg's name of the codec: "h264", "aac", "rawvideo".</summary>
    public string Codec { get; }

    /// <summary>The codec in a MIME type by RFC 6381 ("avc1.64001f", "opus"); FFmpeg's name if there is no such form.</summary>
    public string MimeCodec { get; }

    /// <summary>Width in pixels; 0 if not video or unknown.</summary>
    public int Width { get; }

    /// <summary>Height in pixels; 0 if not video or unknown.</summary>
    public int Height { get; }

    /// <summary>Frames per second; 0/0 or 0/1 if unknown.</summary>
    public Rational FrameRate { get; }

    /// <summary>The number of frames by which a frame may be decoded before it is shown: above 0 with B-frames.</summary>
    public int ReorderedFrames { get; }

    /// <summary>Sample rate in hertz; 0 if not audio or unknown.</summary>
    public int SampleRate { get; }

    /// <summary>Audio channels; 0 if not audio or unknown.</summary>
    public int Channels { get; }

    /// <summary>Bits per second as the source states them; 0 if unknown.</summary>
    public long BitRate { get; }

    /// <summary>Degrees by which a player must turn the video clockwise (0, 90, 180, 270).</summary>
    public int Rotation { get; }

    /// <summary>Whether the codec header is known.</summary>
    public bool HasExtraData { get; }

    internal ReadOnlySpan<byte> DisplayMatrix => _displayMatrix;

    /// <summary>Copies the codec header as the stream has it (avcC, start codes, …); empty if it is not known.</summary>
    public byte[] CopyExtraData()
    {
        using var borrowed = Borrow();
        return borrowed.ExtraData.ToArray();
    }

    /// <summary>Creates the parameters of raw video. <paramref name="pixelFormat"/> is FFmpeg's name ("yuv420p").</summary>
    /// <exception cref="FFmpegException">FFmpeg has no such pixel format.</exception>
    public static CodecParameters RawVideo(int width, int height, string pixelFormat, Rational frameRate)
    {
        FFmpegLibrary.Ensure();
        var format = ffmpeg.av_get_pix_fmt(pixelFormat);
        if (format == AVPixelFormat.AV_PIX_FMT_NONE)
            throw new FFmpegException(NativeError.InvalidArgument, $"FFmpeg has no pixel format {pixelFormat}.");
        var handle = Create("rawvideo", AVMediaType.AVMEDIA_TYPE_VIDEO);
        (handle.Pointer->width, handle.Pointer->height, handle.Pointer->format) = (width, height, (int)format);
        return new CodecParameters(handle, frameRate, []);
    }

    /// <summary>Creates the parameters of raw audio. <paramref name="sampleFormat"/> is "s16le", "f32le", ….</summary>
    /// <exception cref="FFmpegException">FFmpeg has no such sample format.</exception>
    public static CodecParameters Pcm(int sampleRate, int channels, string sampleFormat)
    {
        FFmpegLibrary.Ensure();
        var handle = Create($"pcm_{sampleFormat}", AVMediaType.AVMEDIA_TYPE_AUDIO);
        var native = handle.Pointer;
        var bits = ffmpeg.av_get_bits_per_sample(native->codec_id);
        native->sample_rate = sampleRate;
        native->bits_per_coded_sample = bits;
        native->block_align = bits / 8 * channels;
        native->bit_rate = (long)sampleRate * channels * bits;
        ffmpeg.av_channel_layout_default(NativeExtensions.Address(ref native->ch_layout), channels);
        return new CodecParameters(handle, new Rational(0, 1), []);
    }

    /// <summary>Creates the parameters of coded video, as its header states them.</summary>
    internal static CodecParameters Picture(string codec, int width, int height, ReadOnlySpan<byte> header, SequenceInfo info, Rational frameRate)
    {
        var handle = Create(codec, AVMediaType.AVMEDIA_TYPE_VIDEO);
        var native = handle.Pointer;
        (native->width, native->height, native->video_delay) = (width, height, info.ReorderedFrames);
        if (info.PixelAspect.IsKnown)
            native->sample_aspect_ratio = info.PixelAspect.ToNative();
        var format = codec == "mjpeg" ? "yuvj420p" : (info.Chroma, info.LumaDepth) switch
        {
            (1, 0) => info.IsFullRange ? "yuvj420p" : "yuv420p",
            (1, 2) => "yuv420p10le",
            (2, 0) => info.IsFullRange ? "yuvj422p" : "yuv422p",
            (2, 2) => "yuv422p10le",
            (3, 0) => info.IsFullRange ? "yuvj444p" : "yuv444p",
            (0, 0) when header.Length > 0 && codec is "h264" or "hevc" => "gray",
            _ => null,
        };
        native->format = format is null ? -1 : (int)ffmpeg.av_get_pix_fmt(format);
        if (!header.IsEmpty)
            SetExtraData(native, header);
        return new CodecParameters(handle, frameRate, []);
    }

    /// <summary>Creates the parameters of coded sound.</summary>
    internal static CodecParameters Sound(string codec, int sampleRate, int channels, ReadOnlySpan<byte> header, int bitsPerSample)
    {
        var handle = Create(codec, AVMediaType.AVMEDIA_TYPE_AUDIO);
        var native = handle.Pointer;
        var bits = ffmpeg.av_get_bits_per_sample(native->codec_id);
        (native->sample_rate, native->bits_per_coded_sample) = (sampleRate, bitsPerSample > 0 ? bitsPerSample : bits);
        native->block_align = codec.StartsWith("pcm_", StringComparison.Ordinal) ? bits / 8 * channels : 0;
        native->bit_rate = (long)sampleRate * channels * native->bits_per_coded_sample;
        native->profile = codec == "aac" && !header.IsEmpty ? AacHeader.TypeOf(header) - 1 : -99;
        ffmpeg.av_channel_layout_default(NativeExtensions.Address(ref native->ch_layout), channels);
        if (!header.IsEmpty)
            SetExtraData(native, header);
        return new CodecParameters(handle, new Rational(0, 1), []);
    }

    /// <summary>Whether a decoder for these parameters can decode the others: codec, size, format and header are equal.</summary>
    public bool Equivalent(CodecParameters other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (Codec != other.Codec || Width != other.Width || Height != other.Height || SampleRate != other.SampleRate
            || Channels != other.Channels || Rotation != other.Rotation)
            return false;
        using var mine = Borrow();
        using var theirs = other.Borrow();
        return mine.Pointer->format == theirs.Pointer->format && mine.ExtraData.SequenceEqual(theirs.ExtraData);
    }

    /// <summary>
    /// Whether a recording with these parameters can continue with the others under the same container header: codec, format and
    /// size are equal, and a different codec header can be part of the stream itself, as the parameter sets of H.264 and HEVC
    /// can.
    /// </summary>
    public bool Continues(CodecParameters other)
    {
        if (Equivalent(other))
            return true;
        if (Codec is not ("h264" or "hevc") || Codec != other.Codec || Width != other.Width || Height != other.Height || Rotation != other.Rotation)
            return false;
        using var mine = Borrow();
        using var theirs = other.Borrow();
        var sets = ParameterSets.For(Codec)!;
        // A file states the size of NAL unit lengths once for all its packets.
        return HasExtraData && other.HasExtraData && sets.LengthSize(mine.ExtraData) == sets.LengthSize(theirs.ExtraData);
    }

    /// <summary>Makes a copy that is disposed independently.</summary>
    public CodecParameters Clone()
    {
        using var borrowed = Borrow();
        return From(borrowed.Pointer, FrameRate, _displayMatrix);
    }

    /// <summary>Frees the native parameters. The properties stay readable.</summary>
    public void Dispose() => _handle.Dispose();

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        MediaKind.Video => $"{Codec} {Width}×{Height}",
        MediaKind.Audio => $"{Codec} {SampleRate} Hz, {Channels} channels",
        _ => Codec,
    };

    internal static CodecParameters From(AVCodecParameters* native, Rational frameRate, ReadOnlySpan<byte> displayMatrix) =>
        new(CodecParametersHandle.CopyOf(native), frameRate, displayMatrix.ToArray());

    /// <summary>Copies the parameters with other values, except those that are empty or 0.</summary>
    internal CodecParameters With(
        ReadOnlySpan<byte> extraData = default, int width = 0, int height = 0, int sampleRate = 0, int channels = 0)
    {
        using var borrowed = Borrow();
        var handle = CodecParametersHandle.CopyOf(borrowed.Pointer);
        if (!extraData.IsEmpty)
            SetExtraData(handle.Pointer, extraData);
        if (width > 0 && height > 0)
            (handle.Pointer->width, handle.Pointer->height) = (width, height);
        if (sampleRate > 0 && channels > 0)
        {
            handle.Pointer->sample_rate = sampleRate;
            ffmpeg.av_channel_layout_default(NativeExtensions.Address(ref handle.Pointer->ch_layout), channels);
        }
        return new CodecParameters(handle, FrameRate, _displayMatrix);
    }

    internal static void SetExtraData(AVCodecParameters* native, ReadOnlySpan<byte> data)
    {
        ffmpeg.av_free(native->extradata);
        native->extradata = null;
        native->extradata_size = 0;
        var room = data.Length + ffmpeg.AV_INPUT_BUFFER_PADDING_SIZE;
        var copy = NativeError.NotNull((byte*)ffmpeg.av_malloc((ulong)room));
        new Span<byte>(copy, room).Clear();
        data.CopyTo(new Span<byte>(copy, room));
        native->extradata = copy;
        native->extradata_size = data.Length;
    }

    internal BorrowedParameters Borrow() => new(_handle);

    private static CodecParametersHandle Create(string codec, AVMediaType type)
    {
        var descriptor = ffmpeg.avcodec_descriptor_get_by_name(codec);
        if (descriptor == null)
            throw new FFmpegException(NativeError.InvalidArgument, $"FFmpeg has no codec {codec}.");
        var handle = new CodecParametersHandle();
        (handle.Pointer->codec_id, handle.Pointer->codec_type) = (descriptor->id, type);
        return handle;
    }

    private static int BitDepth(AVCodecParameters* native)
    {
        if (native->bits_per_raw_sample > 0)
            return native->bits_per_raw_sample;
        if (native->codec_type != AVMediaType.AVMEDIA_TYPE_VIDEO || native->format < 0)
            return 8;
        var name = ffmpeg.av_get_pix_fmt_name((AVPixelFormat)native->format) ?? "";
        return name.Contains("p10", StringComparison.Ordinal) ? 10 : name.Contains("p12", StringComparison.Ordinal) ? 12 : 8;
    }

    /// <summary>Computes the rotation from a display matrix of nine 32-bit numbers by the angle of the first two.</summary>
    private static int RotationOf(ReadOnlySpan<byte> matrix)
    {
        if (matrix.Length < 36)
            return 0;
        var values = MemoryMarshal.Cast<byte, int>(matrix);
        var degrees = Math.Atan2(values[1], values[0]) * 180 / Math.PI;
        return ((int)Math.Round(degrees / 90) * 90 + 360) % 360;
    }
}
