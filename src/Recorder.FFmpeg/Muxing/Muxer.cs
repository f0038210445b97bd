namespace Recorder.FFmpeg;

/// <summary>
/// Writes packets into a container that grows (fragmented MP4, WebM or Matroska), or into a finished file. One thread at a time.
/// The layout of the containers and its reasons: docs/adr/0005-fragmented-mp4-layout.md.
/// </summary>
public sealed unsafe class Muxer : IDisposable
{
    private readonly bool _isFragmented;
    private readonly OutputContext _context;
    private readonly OutputTrack[] _tracks;
    private readonly FragmentBounds _bounds = new(OutputContext.BufferSize);
    private readonly PacketView _packet;
    // Null where FFmpeg writes fragments or clusters.
    private readonly FragmentWriter? _fragments;
    private MoovBoxes? _boxes;
    private bool _isMoovWritten;
    private bool _isFinished;
    private bool _isDisposed;

    /// <summary>Opens the container.</summary>
    /// <exception cref="FFmpegException">The container cannot hold a track's codec.</exception>
    /// <exception cref="FFmpegUnavailableException">FFmpeg's libraries are missing.</exception>
    public Muxer(MuxerOptions options)
    {
        FFmpegLibrary.Ensure();
        if (options.Tracks.Count == 0)
            throw new FFmpegException(NativeError.InvalidArgument, "A recording needs at least one track.");
        var isMp4 = options.Format is "mp4" or "mov";
        _isFragmented = isMp4 && options.File is null;
        _tracks = [.. options.Tracks.Select(t => new OutputTrack(t))];
        _context = new OutputContext(options, _isFragmented);
        if (_isFragmented && !options.HasFFmpegFragments && Array.TrueForAll(_tracks, t => FragmentWriter.Takes(t.Parameters)))
            _fragments = new FragmentWriter(_tracks.Select(t => t.Parameters));
        _packet = new PacketView();
        for (var i = 0; i < _tracks.Length; i++)
        {
            var stream = _context.Stream(i);
            _tracks[i].OutputTimeBase = stream->time_base.ToRational();
            // A Matroska reader subtracts CodecDelay from all times, but FFmpeg's muxer does not add it.
            if (!isMp4 && _tracks[i].Parameters.Codec == "opus")
                _tracks[i].Shift = -Rational.Rescale(stream->codecpar->initial_padding, new Rational(1, 48000), _tracks[i].OutputTimeBase);
        }
    }

    /// <summary>Receives the bytes of the container.</summary>
    public MuxerOutput Output => _context.Output;

    /// <summary>Whether the header is in <see cref="Output"/>.</summary>
    public bool HeaderWritten { get; private set; }

    /// <summary>The container's time base of a track.</summary>
    public Rational TrackTimeBase(int track) => _tracks[track].OutputTimeBase;

    /// <summary>
    /// Writes one packet, copying its media at most once where the container takes it as it is. Times are counts of the track's <see cref="MuxerTrack.TimeBase"/>. A decoding
    /// time that does not rise is moved up by the smallest step.
    /// </summary>
    /// <exception cref="FFmpegException">The muxer refused the packet.</exception>
    public void Write(PacketBatch batch, int index, int track, long pts, long dts, long duration)
    {
        CheckWritable();
        var source = batch.Packet(index);
        var state = _tracks[track];
        var (outPts, outDts, outDuration) = state.Convert(pts, dts, duration);
        if (_isFragmented)
            MakeRoom(state, outDts, source->size, (source->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0);
        if (_isFragmented && _isMoovWritten && !state.Started)
            StartLate(track, outPts, outDts);
        state.Started = true;
        var packet = _packet.Show(source, state.IsAac ? AdtsHeaderSize(source) : 0);
        var sets = state.NeedsSets(packet) ? state.InBandSets : [];
        var key = (packet->flags & ffmpeg.AV_PKT_FLAG_KEY) != 0;
        _fragments?.Add(track, sets, new ReadOnlySpan<byte>(packet->data, packet->size), new FragmentSample(outDts, outPts - outDts, outDuration, key));
        var written = 0;
        // FFmpeg needs the first packets for the header, and no more where the fragments are ours.
        if (_fragments is null || !_isMoovWritten)
        {
            packet->stream_index = track;
            packet->pts = outPts - state.Shift;
            packet->dts = outDts - state.Shift;
            packet->duration = outDuration;
            packet->pos = -1;
            if (!state.HasSetsInBand)
                ShowNewCodecHeader(source, packet);
            written = sets.Length > 0 ? WriteWithSets(packet, sets) : _context.Write(packet);
        }
        _packet.Clear();
        GC.KeepAlive(batch);
        _context.Check(written, "Writing", state.Parameters);
    }

    /// <summary>
    /// Sets the parameters of a track's following packets, which must continue those of the header: see
    /// <see cref="CodecParameters.Continues"/>. Key frames without parameter sets are then given them, so that each can be decoded.
    /// </summary>
    public void SetParameters(int track, CodecParameters parameters) => _tracks[track].SetParameters(parameters);

    /// <summary>
    /// Writes the header to <see cref="Output"/>, unless it is written already. Call this after the first packet of every track,
    /// or after you gave up waiting for one.
    /// </summary>
    /// <exception cref="FFmpegException">The muxer refused.</exception>
    public void WriteHeaderNow()
    {
        CheckWritable();
        if (_isFragmented && !_isMoovWritten)
        {
            // With delay_moov, the first flush writes only the header.
            _context.Check(_context.Write(null), "Writing the header of");
            _isMoovWritten = true;
            _context.ExpectGap();
            _context.Drain();
            _boxes = Array.Exists(_tracks, track => !track.Started) ? new MoovBoxes(Output.CopyPending()) : null;
            if (_fragments is not null)
                _context.CloseMuxer();
        }
        if (_fragments is null)
            _context.Drain();
        HeaderWritten = true;
    }

    /// <summary>Ends the current fragment or cluster: all packets so far are in <see cref="Output"/> and can be played.</summary>
    /// <exception cref="FFmpegException">The muxer refused.</exception>
    public void Flush()
    {
        WriteHeaderNow();
        if (_isFragmented && _bounds.IsEmpty)
            return;
        if (_isFragmented)
            _bounds.Reset(_tracks);
        if (_fragments is not null)
        {
            _fragments.Flush(Output);
            return;
        }
        _context.Check(_context.Write(null), "Closing a fragment of");
        if (_isFragmented)
            _context.ExpectGap();
        _context.Drain();
    }

    /// <summary>Writes the end of the file. Nothing can be written after it.</summary>
    /// <exception cref="FFmpegException">The muxer refused.</exception>
    public void Finish()
    {
        if (_isFinished)
            return;
        Flush();
        _isFinished = true;
        Output.PatchesAllowed = true;
        if (_fragments is null)
        {
            _context.WriteTrailer();
            _context.Drain();
        }
        RemoveEmptyTracks();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _fragments?.Dispose();
        _context.Dispose();
        _packet.Dispose();
    }

    private void StartLate(int track, long pts, long dts)
    {
        if (_fragments is not null)
            _fragments.StartLate(track);
        else
            _tracks[track].StartLate(pts, dts);
    }

    /// <summary>Returns the size of the ADTS header, which AAC has in packets of a byte stream but not of a container.</summary>
    private static int AdtsHeaderSize(AVPacket* packet)
    {
        var data = packet->data;
        if (packet->size <= 9 || data[0] != 0xff || (data[1] & 0xf6) != 0xf0)
            return 0;
        return (data[1] & 1) != 0 ? 7 : 9;
    }

    // A new codec header is the only side data that the muxer uses.
    private static void ShowNewCodecHeader(AVPacket* source, AVPacket* packet)
    {
        for (var i = 0; i < source->side_data_elems; i++)
        {
            if (source->side_data[i].type != AVPacketSideDataType.AV_PKT_DATA_NEW_EXTRADATA)
                continue;
            packet->side_data = &source->side_data[i];
            packet->side_data_elems = 1;
        }
    }

    private int WriteWithSets(AVPacket* packet, ReadOnlySpan<byte> sets)
    {
        var batch = PacketBatch.Rent();
        try
        {
            var bytes = batch.AddUninitialized(
                sets.Length + packet->size, packet->stream_index, packet->pts, packet->dts, packet->duration, key: true);
            sets.CopyTo(bytes);
            new ReadOnlySpan<byte>(packet->data, packet->size).CopyTo(bytes[sets.Length..]);
            batch.Packet(0)->flags = packet->flags;
            return _context.Write(batch.Packet(0));
        }
        finally
        {
            batch.Release();
        }
    }

    // Ending a fragment also writes the header, if it was not asked for yet: a track that begins later is then placed by its own
    // clock.
    private void MakeRoom(OutputTrack track, long dts, int size, bool key)
    {
        if (_bounds.MustEndBefore(track, dts, size, key))
            Flush();
        _bounds.Add(track, dts, size);
    }

    // Removes the tracks without packets from a finished file, because players wait for such tracks. Their boxes become free
    // space, so that no other byte moves.
    private void RemoveEmptyTracks()
    {
        if (_boxes is null || !Array.Exists(_tracks, track => track.Started))
            return;
        for (var i = 0; i < _tracks.Length; i++)
        {
            if (_tracks[i].Started)
                continue;
            foreach (var box in _boxes.OfTrack(i))
                Output.Rewrite(box + sizeof(int), "free"u8);
        }
    }

    private void CheckWritable()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isFinished)
            throw new InvalidOperationException("The file is finished; nothing more can be written to it.");
    }
}
