using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>Lets FFmpeg read from a feed. Seeking is impossible.</summary>
internal sealed unsafe class FeedReader : IDisposable
{
    private const int BufferSize = 32 * 1024;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly IMediaFeed _feed;
    private readonly InterruptState _interrupt;
    private GCHandle _self;
    private AVIOContext* _context;

    public FeedReader(IMediaFeed feed, InterruptState interrupt)
    {
        (_feed, _interrupt) = (feed, interrupt);
        _self = GCHandle.Alloc(this);
        var buffer = (byte*)ffmpeg.av_malloc(BufferSize);
        _context = ffmpeg.avio_alloc_context(buffer, BufferSize, 0, (void*)GCHandle.ToIntPtr(_self), &OnRead, null, null);
        if (_context == null)
        {
            ffmpeg.av_free(buffer);
            _self.Free();
            NativeError.NotNull(_context);
        }
    }

    public AVIOContext* Context => _context;

    /// <summary>Frees the native context. Call this only after the demuxer is closed, because it reads until then.</summary>
    public void Dispose()
    {
        if (_context == null)
            return;
        NativeFree.Io(ref _context);
        _self.Free();
    }

    private int Read(Span<byte> into)
    {
        while (true)
        {
            var read = _feed.Read(into, PollInterval);
            if (read != 0)
                return read < 0 ? ffmpeg.AVERROR_EOF : read;
            if (_interrupt.ShouldInterrupt())
                return ffmpeg.AVERROR_EXIT;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnRead(void* opaque, byte* data, int size)
    {
#pragma warning disable CA1031 // An exception that leaves a native callback ends the process; FFmpeg ends the stream instead.
        try
        {
            return ((FeedReader)GCHandle.FromIntPtr((nint)opaque).Target!).Read(new Span<byte>(data, size));
        }
        catch (Exception)
        {
            return ffmpeg.AVERROR_EXIT;
        }
#pragma warning restore CA1031
    }
}
