using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

internal sealed unsafe class OutputContext : IDisposable
{
    /// <summary>Bytes that FFmpeg collects before it writes. It patches a fragment's header inside this buffer.</summary>
    public const int BufferSize = 64 * 1024;

    private readonly string _format;
    private readonly bool _isFragmented;
    private AVFormatContext* _context;
    private GCHandle _output;

    public OutputContext(MuxerOptions options, bool isFragmented)
    {
        (_format, _isFragmented) = (options.Format, isFragmented);
        Output = new MuxerOutput(options.File);
        _output = GCHandle.Alloc(Output);
        try
        {
            Open(options);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    ~OutputContext() => Close();

    public MuxerOutput Output { get; }

    public AVStream* Stream(int index) => _context->streams[index];

    // Null ends the current fragment or cluster.
    public int Write(AVPacket* packet) => ffmpeg.av_write_frame(_context, packet);

    public void WriteTrailer() => Check(ffmpeg.av_write_trailer(_context), "Ending");

    // Makes each track's next fragment start at the time of its first packet. FFmpeg would otherwise start it where the last
    // packet's duration ended, which is an estimate, or at zero for a track that the header does not know yet.
    public void ExpectGap() => NativeError.Check(ffmpeg.av_opt_set(_context->priv_data, "movflags", "+frag_discont", 0), "movflags");

    /// <summary>Moves the bytes that FFmpeg has collected to <see cref="Output"/>.</summary>
    public void Drain()
    {
        ffmpeg.avio_flush(_context->pb);
        if (Output.Failure is { } failure)
            throw new FFmpegException(0, $"Writing the output of the {_format} muxer failed: {failure.Message}", failure);
    }

    public void Check(int code, string doing, CodecParameters? track = null)
    {
        if (code >= 0 && Output.Failure is null)
            return;
        var sentence = track is null ? $"{doing} {_format}" : $"{doing} {track} into {_format}";
        if (Output.Failure is { } failure)
            throw new FFmpegException(code, $"{sentence}: {failure.Message}", failure);
        NativeError.Check(code, sentence);
    }

    /// <summary>Frees FFmpeg's muxer; what it wrote stays in <see cref="Output"/>.</summary>
    public void CloseMuxer()
    {
        if (_context == null)
            return;
        var io = _context->pb;
        _context->pb = null;
        ffmpeg.avformat_free_context(_context);
        _context = null;
        NativeFree.Io(ref io);
    }

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    private void Open(MuxerOptions options)
    {
        AVFormatContext* context;
        if (ffmpeg.avformat_alloc_output_context2(&context, null, _format, options.File!) < 0)
            throw new FFmpegException(NativeError.InvalidArgument, $"FFmpeg has no container {_format}.");
        _context = context;
        context->pb = OpenIo();
        context->flags |= ffmpeg.AVFMT_FLAG_CUSTOM_IO;
        // Matroska rewrites its length and index at the end. MP4 needs no rewriting if it knows that seeking is impossible.
        context->pb->seekable = _isFragmented ? 0 : ffmpeg.AVIO_SEEKABLE_NORMAL;
        // Write when a fragment ends, not after each packet.
        context->flush_packets = 0;

        foreach (var track in options.Tracks)
            OutputStream.Add(context, _format, track);
        foreach (var (key, value) in options.Metadata)
            NativeExtensions.SetMetadata(ref context->metadata, key, value);
        WriteHeader(options);
    }

    private AVIOContext* OpenIo()
    {
        var buffer = (byte*)ffmpeg.av_malloc(BufferSize);
        var io = ffmpeg.avio_alloc_context(buffer, BufferSize, 1, (void*)GCHandle.ToIntPtr(_output), null, &OnWrite, &OnSeek);
        if (io == null)
            ffmpeg.av_free(buffer);
        return NativeError.NotNull(io);
    }

    private void WriteHeader(MuxerOptions options)
    {
        using var native = new NativeOptions();
        if (_isFragmented)
        {
            native.Set("movflags", "frag_custom+default_base_moof+delay_moov+skip_trailer");
            native.Set("brand", options.Tracks.Any(t => t.Parameters.Codec is "av1") ? "iso6" : "iso5");
        }
        else if (options.FileOptions.Count > 0)
        {
            foreach (var (key, value) in options.FileOptions)
                native.Set(key, value);
        }
        else if (_format is "mp4" or "mov")
        {
            native.Set("movflags", "faststart");
        }
        else
        {
            native.Set("cluster_time_limit", FragmentBounds.LongestSeconds * 1000);
            native.Set("cluster_size_limit", FragmentBounds.LargestSize);
        }
        // FFmpeg 5.1 calls some registered codecs of MP4, such as FLAC, experimental.
        if (_format is "mp4" or "mov")
            native.Set("strict", "experimental");
        var written = ffmpeg.avformat_write_header(_context, native.Address);
        if (written < 0 && Output.Failure is null)
        {
            var reason = written == NativeError.InvalidArgument ? "does not take it" : NativeError.Text(written);
            var codecs = string.Join(" and ", options.Tracks.Select(t => t.Parameters.Codec));
            throw new FFmpegException(written, $"{OutputStream.ContainerName(_format)} cannot hold {codecs}: {reason}.");
        }
        Check(written, "Opening");
        // With delay_moov, FFmpeg turns its automatic bitstream filters off in case a filter finds the codec header too late.
        // Here the codec header is known before the first packet, so they can be on.
        _context->flags |= ffmpeg.AVFMT_FLAG_AUTO_BSF;
    }

    private void Close()
    {
        CloseMuxer();
        if (_output.IsAllocated)
            _output.Free();
        Output.Close();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnWrite(void* opaque, byte* data, int size) =>
        Target(opaque).TryWrite(new ReadOnlySpan<byte>(data, size)) ? size : NativeError.InvalidArgument;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long OnSeek(void* opaque, long offset, int whence)
    {
        const int FromStart = 0, FromHere = 1, FromEnd = 2;
        var output = Target(opaque);
        return (whence & ~ffmpeg.AVSEEK_FORCE) switch
        {
            ffmpeg.AVSEEK_SIZE => output.Position,
            FromStart => output.Seek(offset),
            FromHere => output.Seek(output.Cursor + offset),
            FromEnd => output.Seek(output.Position + offset),
            _ => NativeError.InvalidArgument,
        };
    }

    private static MuxerOutput Target(void* opaque) => (MuxerOutput)GCHandle.FromIntPtr((nint)opaque).Target!;
}
