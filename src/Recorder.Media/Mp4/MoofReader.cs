namespace Recorder.Media.Mp4;

/// <summary>What a fragment's header says besides the runs of its tracks. The reference track is the first video track.</summary>
/// <param name="Keys">Where key frames of the reference track begin in the fragment; null if unknown.</param>
/// <param name="SizeTableBytes">Bytes that the header grows by when it states each size of the reference track.</param>
internal readonly record struct MoofFacts(
    bool HasVideo, bool StartsWithKey, IReadOnlyList<int>? Keys, int SizeTableBytes, bool IsDamaged);

/// <summary>Reads the header of a fragment (<c>moof</c>). Damaged bytes raise no exception: the result says so.</summary>
internal ref struct MoofReader
{
    private readonly ReadOnlySpan<byte> _moof;
    private readonly Mp4Header _header;
    private readonly Span<FragmentRun> _runs;
    private readonly List<int> _keys = new(1);
    private bool _startsWithKey;
    private bool _areOffsetsKnown = true;
    private int _sizeTableBytes;
    private bool _isDamaged;

    private MoofReader(ReadOnlySpan<byte> moof, Mp4Header header, Span<FragmentRun> runs)
    {
        _moof = moof;
        _header = header;
        _runs = runs;
        runs.Fill(FragmentRun.None);
    }

    private readonly bool HasVideo => _runs[_header.Reference].Exists && _header.Tracks[_header.Reference].IsVideo;

    public static MoofFacts Read(ReadOnlySpan<byte> moof, Mp4Header header, Span<FragmentRun> runs)
    {
        var reader = new MoofReader(moof, header, runs);
        reader.Read();
        return new MoofFacts(
            reader.HasVideo, reader._startsWithKey, reader._areOffsetsKnown ? reader._keys : null,
            reader._keys.Count > 0 ? reader._sizeTableBytes : 0, reader._isDamaged);
    }

    /// <summary>The box itself, of bytes that are one <c>moof</c>.</summary>
    public static Mp4Box BoxOf(ReadOnlySpan<byte> moof) => new(Mp4Box.Moof, 0, Math.Min(8, moof.Length), moof.Length);

    private void Read()
    {
        var boxes = BoxOf(_moof).Children(_moof);
        while (boxes.MoveNext())
        {
            if (boxes.Current.Type != Mp4Box.Traf)
                continue;

            if (!TrackFragment.TryRead(_moof, boxes.Current, _header, out var fragment) || fragment.IsDamaged)
                _isDamaged = true;
            else if (fragment.Track >= 0)
                ReadTrack(fragment);
        }

        _isDamaged |= !boxes.AreWhole;
    }

    private void ReadTrack(TrackFragment fragment)
    {
        var boxes = fragment.Box.Children(_moof);
        while (boxes.MoveNext())
        {
            if (boxes.Current.Type == Mp4Box.Trun)
                ReadRun(fragment, new SampleRun(_moof, boxes.Current, fragment));
        }

        _isDamaged |= !boxes.AreWhole;
    }

    private void ReadRun(TrackFragment fragment, SampleRun samples)
    {
        var isReference = fragment.Track == _header.Reference && _header.Tracks[fragment.Track].IsVideo;
        var offset = samples.DataOffset;
        ref var run = ref _runs[fragment.Track];
        while (samples.MoveNext())
        {
            var sample = samples.Current;
            if (!run.Exists)
            {
                run = new FragmentRun(fragment.Start, 0, 0, sample.CompositionOffset);
                _startsWithKey |= isReference && sample.IsSync;
            }

            run = run with { Duration = run.Duration + sample.Duration, LastDuration = sample.Duration, Samples = run.Samples + 1 };
            if (isReference && sample.IsSync)
                _keys.Add(offset);

            offset += (int)sample.Size;
        }

        _isDamaged |= samples.IsDamaged;
        if (isReference && run.Exists)
        {
            // An offset that is not stated, or counts from elsewhere, is known only to a reader of the whole file.
            _areOffsetsKnown &= fragment.CountsFromMoof && samples.DataOffsetPosition > 0;
            _sizeTableBytes += samples.HasSizes || samples.IsDamaged ? 0 : 4 * (int)samples.Count;
        }
    }
}
