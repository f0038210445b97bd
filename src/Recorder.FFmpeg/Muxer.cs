using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>
/// Writes packets into a container that grows (fragmented MP4, WebM or Matroska), or into a finished file. One thread at a time. The layout and why it is so:
/// docs/adr/0005-fragmented-mp4-layout.md.
/// </summary>
public sealed unsafe class Muxer : IDisposable
{
    /// <summary>A fragment ends by itself at this age or size: what a crash may cost, and what is held in memory.</summary>
    private const int LongestFragmentSeconds = 5;
    private const int LargestFragment = 512 * 1024;

    /// <summary>FFmpeg patches a fragment's header inside this buffer.</summary>
    private const int BufferSize = 64 * 1024;

    /// <summary>Bytes that one packet may add to a fragment's header (trun: duration, size, flags, offset).</summary>
    private const int HeaderBytesPerPacket = 16;

    private readonly bool _isMp4;
    private readonly bool _fragmented;
    private readonly string _format;
    private readonly Track[] _tracks;
    private AVFormatContext* _context;
    private AVPacket* _packet;
    private GCHandle _output;
    private long _fragmentBytes;
    private int _fragmentPackets;
    private bool _moovWritten;
    private MoovPlaces? _places;
    private bool _finished;

    /// <summary>Opens the container.</summary>
    /// <exception cref="FFmpegException">The container cannot hold a track's codec.</exception>
    /// <exception cref="FFmpegUnavailableException">FFmpeg's libraries are missing.</exception>
    public Muxer(MuxerOptions options)
    {
        FFmpegLibrary.Ensure();
        if (options.Tracks.Count == 0)
            throw new FFmpegException(NativeError.InvalidArgument, "A recording needs a track.");
        _format = options.Format;
        _isMp4 = options.Format is "mp4" or "mov";
        _fragmented = _isMp4 && options.File is null;
        Output = new MuxerOutput(options.File is null ? null : new FileStream(options.File, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 0));
        _tracks = [.. options.Tracks.Select(t => new Track(t))];
        _output = GCHandle.Alloc(Output);
        try
        {
            Open(options);
        }
        catch
        {
            Close();
            GC.SuppressFinalize(this);
            throw;
        }
    }

    /// <summary>The net under a muxer that nobody disposed.</summary>
    ~Muxer() => Close();

    /// <summary>Takes the bytes.</summary>
    public MuxerOutput Output { get; }

    /// <summary>Whether the header is in <see cref="Output"/>.</summary>
    public bool HeaderWritten { get; private set; }

    /// <summary>The time base the container counts a track in.</summary>
    public Rational TrackTimeBase(int track) => _tracks[track].OutputTimeBase;

    /// <summary>
    /// Writes one packet; times count the track's <see cref="MuxerTrack.TimeBase"/>. The media is not copied. A time to decode that does
    /// not rise is moved up by the smallest step.
    /// </summary>
    /// <exception cref="FFmpegException">The muxer refused the packet.</exception>
    public void Write(PacketBatch batch, int index, int track, long pts, long dts, long duration)
    {
        var context = Writable();
        var source = batch.Packet(index);
        var state = _tracks[track];
        var (outPts, outDts, outDuration) = state.Times(pts, dts, duration);
        if (_fragmented)
            BoundFragment(state, outDts, source->size, (source->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0);
        if (_fragmented && _moovWritten && !state.Started)
            state.ComeLate(outPts, outDts);
        state.Started = true;
        var packet = _packet;
        var header = state.IsAac ? AdtsHeader(source) : 0;
        packet->buf = source->buf;
        packet->data = source->data + header;
        packet->size = source->size - header;
        packet->flags = source->flags;
        packet->stream_index = track;
        packet->pts = outPts - state.Shift;
        packet->dts = outDts - state.Shift;
        packet->duration = outDuration;
        packet->pos = -1;
        packet->side_data = null;
        packet->side_data_elems = 0;
        // Of side data only a new codec header is the muxer's business.
        for (var i = 0; i < source->side_data_elems; i++)
        {
            if (source->side_data[i].type != AVPacketSideDataType.AV_PKT_DATA_NEW_EXTRADATA || state.IsCarryingSets)
                continue;
            packet->side_data = &source->side_data[i];
            packet->side_data_elems = 1;
        }
        var written = state.MustCarrySets(packet) ? WriteWithSets(context, packet, state) : ffmpeg.av_write_frame(context, packet);
        // The scratch packet never owned any of it.
        packet->buf = null;
        packet->data = null;
        packet->size = 0;
        packet->side_data = null;
        packet->side_data_elems = 0;
        GC.KeepAlive(batch);
        Check(written, "Writing", state.Parameters);
    }

    /// <summary>
    /// What follows of a track is made with these parameters, which <see cref="CodecParameters.Continues"/> those of its header: key frames
    /// that do not carry their parameter sets themselves are given them, so that decoding can begin at each.
    /// </summary>
    public void SetParameters(int track, CodecParameters parameters) => _tracks[track].SetParameters(parameters);

    /// <summary>
    /// Puts the header into <see cref="Output"/>: call it after the first packet of every track was written, or when waiting for one
    /// was given up. Does nothing when it is out already.
    /// </summary>
    /// <exception cref="FFmpegException">The muxer refused.</exception>
    public void WriteHeaderNow()
    {
        var context = Writable();
        if (_fragmented && !_moovWritten)
        {
            // With delay_moov the first flush writes the header only.
            Check(ffmpeg.av_write_frame(context, null), "Writing the header of");
            _moovWritten = true;
            ExpectGap();
            Drain();
            _places = Array.Exists(_tracks, track => !track.Started) ? MoovPlaces.Of(Output.CopyPending()) : null;
        }
        Drain();
        HeaderWritten = true;
    }

    /// <summary>Closes the current fragment or cluster: everything written so far is in <see cref="Output"/> and plays.</summary>
    /// <exception cref="FFmpegException">The muxer refused.</exception>
    public void Flush()
    {
        WriteHeaderNow();
        if (_fragmented && _fragmentPackets == 0)
            return;
        Check(ffmpeg.av_write_frame(_context, null), "Closing a fragment of");
        if (_fragmented)
            BeginFragment();
        Drain();
    }

    /// <summary>Writes what ends the file. Nothing can be written after it.</summary>
    /// <exception cref="FFmpegException">The muxer refused.</exception>
    public void Finish()
    {
        if (_finished)
            return;
        Flush();
        _finished = true;
        Output.PatchesAllowed = true;
        Check(ffmpeg.av_write_trailer(_context), "Ending");
        Drain();
        RemoveEmptyTracks();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes a copy of a packet with parameter sets in front.</summary>
    private static int WriteWithSets(AVFormatContext* context, AVPacket* packet, Track track)
    {
        var sets = track.CarriedSets;
        var whole = NativeError.NotNull(ffmpeg.av_packet_alloc());
        try
        {
            NativeError.Check(ffmpeg.av_new_packet(whole, sets.Length + packet->size), "A key frame with its parameter sets");
            sets.CopyTo(new Span<byte>(whole->data, sets.Length));
            new ReadOnlySpan<byte>(packet->data, packet->size).CopyTo(new Span<byte>(whole->data + sets.Length, packet->size));
            whole->flags = packet->flags;
            whole->stream_index = packet->stream_index;
            whole->pts = packet->pts;
            whole->dts = packet->dts;
            whole->duration = packet->duration;
            whole->pos = -1;
            return ffmpeg.av_write_frame(context, whole);
        }
        finally
        {
            ffmpeg.av_packet_free(&whole);
        }
    }

    private void Open(MuxerOptions options)
    {
        AVFormatContext* context;
        var name = options.Format;
        if (ffmpeg.avformat_alloc_output_context2(&context, null, name, options.File!) < 0)
            throw new FFmpegException(NativeError.InvalidArgument, $"FFmpeg has no container {name}.");
        _context = context;
        _packet = NativeError.NotNull(ffmpeg.av_packet_alloc());
        var buffer = (byte*)ffmpeg.av_malloc(BufferSize);
        var io = ffmpeg.avio_alloc_context(
            buffer,
            BufferSize,
            1,
            (void*)GCHandle.ToIntPtr(_output),
            default,
            new avio_alloc_context_write_packet_func { Pointer = (nint)(delegate* unmanaged[Cdecl]<void*, byte*, int, int>)&OnWrite },
            new avio_alloc_context_seek_func { Pointer = (nint)(delegate* unmanaged[Cdecl]<void*, long, int, long>)&OnSeek });
        if (io == null)
        {
            ffmpeg.av_free(buffer);
            NativeError.NotNull(io);
        }
        context->pb = io;
        context->flags |= ffmpeg.AVFMT_FLAG_CUSTOM_IO;
        // Matroska rewrites its length and index at the end; MP4 is told that it cannot, and then needs no rewriting.
        io->seekable = _fragmented ? 0 : ffmpeg.AVIO_SEEKABLE_NORMAL;
        // Bytes leave when a fragment ends, not a packet.
        context->flush_packets = 0;

        foreach (var track in options.Tracks)
            AddStream(context, name, track);
        foreach (var (key, value) in options.Metadata)
        {
            var metadata = context->metadata;
            var set = ffmpeg.av_dict_set(&metadata, key, value, 0);
            context->metadata = metadata;
            NativeError.Check(set, $"Metadata {key}");
        }
        WriteHeader(context, name, options);
        for (var i = 0; i < _tracks.Length; i++)
        {
            var stream = context->streams[i];
            _tracks[i].OutputTimeBase = stream->time_base.ToRational();
            // A Matroska reader takes CodecDelay off every time, FFmpeg's writer does not add it.
            if (!_isMp4 && _tracks[i].Parameters.Codec == "opus")
                _tracks[i].Shift = -Rational.Rescale(stream->codecpar->initial_padding, new Rational(1, 48000), _tracks[i].OutputTimeBase);
        }
    }

    private static void AddStream(AVFormatContext* context, string name, MuxerTrack track)
    {
        using var parameters = track.Parameters.Borrow();
        var codec = parameters.Pointer->codec_id;
        // Of Matroska FFmpeg says no to what it does write, G.711 for one; the header's writing tells.
        if (name != "matroska" && ffmpeg.avformat_query_codec(context->oformat, codec, ffmpeg.FF_COMPLIANCE_NORMAL) == 0)
            throw Refused(name, track);
        var stream = NativeError.NotNull(ffmpeg.avformat_new_stream(context, null));
        NativeError.Check(ffmpeg.avcodec_parameters_copy(stream->codecpar, parameters.Pointer), "Copying codec parameters");
        // The tag belongs to the container it came from. Apple's players want hvc1, which promises the header that is here.
        stream->codecpar->codec_tag = name is "mp4" or "mov" && track.Parameters is { Codec: "hevc", HasExtraData: true } ? Tag("hvc1") : 0;
        if (track.Parameters.Codec == "aac" && !track.Parameters.HasExtraData)
            CodecParameters.SetExtraData(stream->codecpar, AudioSpecificConfig(stream->codecpar));
        stream->time_base = track.TimeBase.ToNative();
        if (track.Parameters.FrameRate.IsKnown)
            stream->avg_frame_rate = track.Parameters.FrameRate.ToNative();
        if (stream->codecpar->sample_aspect_ratio.den != 0)
            stream->sample_aspect_ratio = stream->codecpar->sample_aspect_ratio;
        if (track.Language is not null)
        {
            var metadata = stream->metadata;
            var set = ffmpeg.av_dict_set(&metadata, "language", track.Language, 0);
            stream->metadata = metadata;
            NativeError.Check(set, "Language");
        }
        if (!track.Parameters.DisplayMatrix.IsEmpty)
        {
            var matrix = track.Parameters.DisplayMatrix;
            var copy = NativeError.NotNull(ffmpeg.av_stream_new_side_data(stream, AVPacketSideDataType.AV_PKT_DATA_DISPLAYMATRIX, (ulong)matrix.Length));
            matrix.CopyTo(new Span<byte>(copy, matrix.Length));
        }
    }

    private void WriteHeader(AVFormatContext* context, string name, MuxerOptions options)
    {
        using var native = new NativeOptions([]);
        if (_fragmented)
        {
            native.Set("movflags", "frag_custom+default_base_moof+delay_moov+skip_trailer");
            // FLAC, for one, is a registered codec of MP4 that this FFmpeg still calls experimental.
            native.Set("strict", "experimental");
            native.Set("brand", options.Tracks.Any(t => t.Parameters.Codec is "av1") ? "iso6" : "iso5");
        }
        else if (_isMp4)
        {
            native.Set("movflags", "faststart");
            native.Set("strict", "experimental");
        }
        else
        {
            native.Set("cluster_time_limit", (LongestFragmentSeconds * 1000).ToString(CultureInfo.InvariantCulture));
            native.Set("cluster_size_limit", LargestFragment.ToString(CultureInfo.InvariantCulture));
        }
        var dictionary = native.Pointer;
        var written = ffmpeg.avformat_write_header(context, &dictionary);
        native.Pointer = dictionary;
        if (written < 0 && Output.Failure is null)
        {
            var reason = written == NativeError.InvalidArgument ? "does not take it" : NativeError.Text(written);
            throw new FFmpegException(written, $"{Container(name)} cannot hold {string.Join(" and ", options.Tracks.Select(t => t.Parameters.Codec))}: {reason}.");
        }
        Check(written, "Opening");
        // Turned off for fear of a codec header that a filter finds too late; here the header is known before the first packet.
        context->flags |= ffmpeg.AVFMT_FLAG_AUTO_BSF;
    }

    /// <summary>Bytes of the header that AAC carries in every packet of a byte stream; containers have it once.</summary>
    private static int AdtsHeader(AVPacket* packet)
    {
        var data = packet->data;
        if (packet->size <= 9 || data[0] != 0xff || (data[1] & 0xf6) != 0xf0)
            return 0;
        return (data[1] & 1) != 0 ? 7 : 9;
    }

    private static FFmpegException Refused(string name, MuxerTrack track) =>
        new(NativeError.InvalidArgument, $"{Container(name)} cannot hold {track.Parameters.Codec}.");

    private static string Container(string name) => name switch
    {
        "mp4" => "MP4",
        "webm" => "WebM",
        "matroska" => "Matroska",
        _ => name,
    };

    private static uint Tag(string text) => text[0] | (uint)text[1] << 8 | (uint)text[2] << 16 | (uint)text[3] << 24;

    /// <summary>The header of AAC that came with a header in every packet (ADTS), so that it stands in the file from the start.</summary>
    private static byte[] AudioSpecificConfig(AVCodecParameters* native)
    {
        // Above 28 the profiles are HE-AAC's: its core is low complexity at half the rate, the rest is found implicitly.
        var high = native->profile is 4 or 28;
        var type = native->profile is >= 0 and < 4 ? native->profile + 1 : 2;
        var rate = AacHeader.IndexOf(high ? native->sample_rate / 2 : native->sample_rate);
        var channels = native->profile == 28 ? 1 : native->ch_layout.nb_channels switch { 8 => 7, var n => n };
        if (rate < 0)
            throw new FFmpegException(NativeError.InvalidArgument, $"AAC at {native->sample_rate} Hz without a header cannot be recorded.");
        return [(byte)(type << 3 | rate >> 1), (byte)((rate & 1) << 7 | channels << 3)];
    }

    /// <summary>Ends the fragment before it grows past its bounds; preferably where a key frame begins the next.</summary>
    private void BoundFragment(Track track, long dts, int size, bool key)
    {
        if (track.FragmentStart == PacketInfo.NoTimestamp)
            track.FragmentStart = dts;
        var seconds = (dts - track.FragmentStart) * track.OutputTimeBase.Value;
        var full = seconds >= LongestFragmentSeconds
            || (key && track.IsVideo && seconds >= LongestFragmentSeconds - 1)
            || _fragmentBytes + size > LargestFragment
            || (_fragmentPackets + 1) * HeaderBytesPerPacket > BufferSize / 2;
        // Who has not asked for the header by now gets it: a track that begins later is placed by its own clock then.
        if (full && _fragmentPackets > 0)
        {
            Flush();
            track.FragmentStart = dts;
        }
        _fragmentBytes += size;
        _fragmentPackets++;
    }

    private void BeginFragment()
    {
        _fragmentBytes = 0;
        _fragmentPackets = 0;
        foreach (var track in _tracks)
            track.FragmentStart = PacketInfo.NoTimestamp;
        ExpectGap();
    }

    /// <summary>
    /// Starts each track's next fragment where its first packet says, not where the last one's duration ended (durations are
    /// estimates), nor, for a track that the header does not know yet, at zero.
    /// </summary>
    private void ExpectGap()
    {
        NativeError.Check(ffmpeg.av_opt_set(_context->priv_data, "movflags", "+frag_discont", 0), "movflags");
    }

    /// <summary>
    /// A track of which no packet came has no place in a finished file: players wait for it. Its boxes become free space, so that nothing moves.
    /// </summary>
    private void RemoveEmptyTracks()
    {
        for (var i = 0; i < _tracks.Length && _places is not null; i++)
        {
            if (_tracks[i].Started || !Array.Exists(_tracks, track => track.Started))
                continue;
            foreach (var place in _places.BoxesOf(i))
                Output.Rewrite(place + sizeof(int), "free"u8);
        }
    }

    private AVFormatContext* Writable()
    {
        ObjectDisposedException.ThrowIf(_context == null, this);
        return _finished ? throw new InvalidOperationException("The file is finished.") : _context;
    }

    private void Drain()
    {
        ffmpeg.avio_flush(_context->pb);
        if (Output.Failure is { } failure)
            throw new FFmpegException(0, $"Taking {_format} from the muxer failed: {failure.Message}");
    }

    private void Check(int code, string doing, CodecParameters? what = null)
    {
        if (code >= 0 && Output.Failure is null)
            return;
        var sentence = what is null ? $"{doing} {_format}" : $"{doing} {what} into {_format}";
        if (Output.Failure is { } failure)
            throw new FFmpegException(code, $"{sentence}: {failure.Message}");
        NativeError.Check(code, sentence);
    }

    private void Close()
    {
        if (_context != null)
        {
            var io = _context->pb;
            _context->pb = null;
            ffmpeg.avformat_free_context(_context);
            _context = null;
            if (io != null)
            {
                ffmpeg.av_free(io->buffer);
                ffmpeg.avio_context_free(&io);
            }
        }
        if (_packet != null)
        {
            var packet = _packet;
            _packet = null;
            ffmpeg.av_packet_free(&packet);
        }
        if (_output.IsAllocated)
            _output.Free();
        Output.Close();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnWrite(void* opaque, byte* data, int size) =>
        ((MuxerOutput)GCHandle.FromIntPtr((nint)opaque).Target!).TryWrite(new ReadOnlySpan<byte>(data, size)) ? size : NativeError.InvalidArgument;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long OnSeek(void* opaque, long offset, int whence)
    {
        const int FromStart = 0, FromHere = 1, FromEnd = 2;
        var output = (MuxerOutput)GCHandle.FromIntPtr((nint)opaque).Target!;
        return (whence & ~ffmpeg.AVSEEK_FORCE) switch
        {
            ffmpeg.AVSEEK_SIZE => output.Position,
            FromStart => output.Seek(offset),
            FromHere => output.Seek(output.Cursor + offset),
            FromEnd => output.Seek(output.Position + offset),
            _ => NativeError.InvalidArgument,
        };
    }

    /// <summary>One track's clock on its way into the container.</summary>
    private sealed class Track(MuxerTrack track)
    {
        private long _lastDts = PacketInfo.NoTimestamp;
        private long _lastStep;
        private ParameterSets? _format;
        private int _lengthSize;

        public CodecParameters Parameters => track.Parameters;

        /// <summary>Whether the header's parameter sets are no longer those of the packets.</summary>
        public bool IsCarryingSets => _format is not null;

        /// <summary>The parameter sets in force, as packets carry them.</summary>
        public byte[] CarriedSets { get; private set; } = [];

        public void SetParameters(CodecParameters parameters)
        {
            if (parameters.Equivalent(Parameters))
            {
                _format = null;
                return;
            }
            _format = ParameterSets.For(parameters.Codec);
            using var borrowed = parameters.Borrow();
            _lengthSize = _format?.LengthSize(borrowed.ExtraData) ?? 0;
            CarriedSets = _format is null ? [] : ParameterSets.InBand(_format.OfHeader(borrowed.ExtraData), _lengthSize);
        }

        public bool MustCarrySets(AVPacket* packet) =>
            _format is not null && (packet->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0
            && _format.OfPacket(new ReadOnlySpan<byte>(packet->data, packet->size), _lengthSize).IsEmpty;

        public bool IsAac { get; } = track.Parameters.Codec == "aac";

        public bool IsVideo => track.Parameters.Kind == MediaKind.Video;

        public Rational OutputTimeBase { get; set; }

        public bool Started { get; set; }

        public long Shift { get; set; }

        public long FragmentStart { get; set; } = PacketInfo.NoTimestamp;

        public (long Pts, long Dts, long Duration) Times(long pts, long dts, long duration)
        {
            if (dts == PacketInfo.NoTimestamp)
                dts = pts;
            if (pts == PacketInfo.NoTimestamp)
                pts = dts;
            if (dts == PacketInfo.NoTimestamp)
                throw new FFmpegException(NativeError.InvalidArgument, $"A packet of {Parameters} has no time.");
            pts = Rational.Rescale(pts, track.TimeBase, OutputTimeBase);
            dts = Rational.Rescale(dts, track.TimeBase, OutputTimeBase);
            if (_lastDts != PacketInfo.NoTimestamp)
            {
                dts = Math.Max(dts, _lastDts + 1);
                _lastStep = dts - _lastDts;
            }
            pts = Math.Max(pts, dts);
            _lastDts = dts;
            if (duration > 0)
                duration = Rational.Rescale(duration, track.TimeBase, OutputTimeBase);
            else if (_lastStep > 0)
                duration = _lastStep;
            else if (IsVideo && Parameters.FrameRate.IsKnown)
                duration = Rational.Rescale(1, Parameters.FrameRate.Inverse, OutputTimeBase);
            return (pts, dts, Math.Max(duration, 0));
        }

        /// <summary>
        /// The header was written without this track: it has no edit list, and FFmpeg takes the first presentation time for the first
        /// decoding time. Shift by the reorder delay, so that what is shown is shown when it should.
        /// </summary>
        public void ComeLate(long pts, long dts) => Shift = pts - dts;
    }
}
