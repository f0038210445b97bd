using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

internal sealed unsafe class CodecParametersHandle : SafeHandle
{
    public CodecParametersHandle()
        : base(0, ownsHandle: true)
    {
        FFmpegLibrary.Ensure();
        SetHandle((nint)NativeError.NotNull(ffmpeg.avcodec_parameters_alloc()));
    }

    public override bool IsInvalid => handle == 0;

    public AVCodecParameters* Pointer => (AVCodecParameters*)handle;

    public static CodecParametersHandle CopyOf(AVCodecParameters* native)
    {
        var copy = new CodecParametersHandle();
        NativeError.Check(ffmpeg.avcodec_parameters_copy(copy.Pointer, native), "Copying codec parameters");
        return copy;
    }

    protected override bool ReleaseHandle()
    {
        var pointer = Pointer;
        ffmpeg.avcodec_parameters_free(&pointer);
        return true;
    }
}

/// <summary>Native parameters that cannot be freed before this is disposed.</summary>
internal readonly unsafe ref struct BorrowedParameters : IDisposable
{
    private readonly CodecParametersHandle _handle;

    public BorrowedParameters(CodecParametersHandle handle)
    {
        var taken = false;
        handle.DangerousAddRef(ref taken);
        _handle = handle;
    }

    public AVCodecParameters* Pointer => _handle.Pointer;

    public ReadOnlySpan<byte> ExtraData => new(_handle.Pointer->extradata, _handle.Pointer->extradata_size);

    public void Dispose() => _handle.DangerousRelease();
}
