using Recorder.Media.Fragments;
using Recorder.Media.Mp4;

namespace Recorder.Media.VirtualFiles;

/// <summary>Puts the fragments of a virtual file one behind the other, with silence where sound is missing.</summary>
internal sealed class VirtualLayout
{
    // Audio may end this much later than the video before it counts for the duration of the file.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    private readonly VirtualTracks _tracks;
    private readonly FragmentRange _first;
    private readonly TimeSpan _zero;
    private readonly uint[] _scales;
    private readonly FragmentRun[] _ends;
    private readonly MissingSound? _missing;
    private readonly List<VirtualSpan> _spans = [];
    private readonly SeekIndex _index = new();
    private long _bytes;
    private uint _number = 1;

    public VirtualLayout(VirtualTracks tracks, FragmentRange first, bool silence)
    {
        (_tracks, _first, _zero) = (tracks, first, first.Part.TimeOf(first.First));
        _scales = [.. tracks.All.Select(track => track.Timescale)];
        _ends = new FragmentRun[_scales.Length];
        _ends.AsSpan().Fill(FragmentRun.None);
        Skips = SkipsOf(tracks.TrackMapOf(0));
        _missing = silence && tracks.All.Any(track => track.Source.IsVideo) ? new MissingSound(tracks, _zero, Skips) : null;
    }

    /// <summary>Media of each track that is decoded before the first frame and not shown, in the track's timescale.</summary>
    public long[] Skips { get; }

    public TimeSpan Duration
    {
        get
        {
            var reference = _tracks.Reference;
            var end = Mp4Time.ToTime(_ends[reference].End - Skips[reference] + CompositionDelay, _scales[reference]);
            for (var track = 0; track < _ends.Length; track++)
            {
                var other = Mp4Time.ToTime(_ends[track].End - Skips[track], _scales[track]);
                end = other > end + Tolerance ? other : end;
            }

            return end;
        }
    }

    // How much later than its decode time the last frame is shown: as much as the first one, when frames are reordered steadily.
    private long CompositionDelay
    {
        get
        {
            var track = Array.IndexOf(_tracks.TrackMapOf(0), _tracks.Reference);
            return track < 0 ? 0 : Math.Max(0, _first.Part.Map.Run(_first.First, track).CompositionOffset);
        }
    }

    public void Add(FragmentRange range, int[] trackMap, bool isLast)
    {
        var part = range.Part;
        var shifts = Mp4Timeline.ShiftsOf(range, _zero, trackMap, _scales, Skips, _ends);
        var tracks = trackMap.Select((target, track) => PatchOf(part.Header.Tracks[track], target, shifts[track]));
        var patch = new FragmentPatch(part.Header, [.. tracks]);
        var start = range.First;
        for (var index = range.First; index < range.End; index++)
        {
            if (_missing?.Before(part, index, trackMap, shifts) is { Count: > 0 } silent)
            {
                AddFragments(range with { First = start, End = index }, patch, trackMap, shifts);
                start = index;
                silent.ForEach(AddSilence);
            }
        }

        AddFragments(range with { First = start }, patch, trackMap, shifts);
        if (isLast)
            _missing?.UpTo(Duration).ForEach(AddSilence);
    }

    public IReadOnlyList<IndexedRun> Index()
    {
        var reference = _tracks.Reference;
        return _index.Runs(Mp4Time.ToUnits(Duration, _scales[reference]) + Skips[reference] - CompositionDelay);
    }

    public IReadOnlyList<VirtualSpan> SpansBehind(int header) =>
        [.. _spans.Select(span => span with { Start = span.Start + header })];

    private TrackPatch? PatchOf(Mp4Track track, int target, long shift) => target < 0 ? null : new TrackPatch(
        (uint)target + 1, _scales[target], shift,
        _tracks.All[target].HasInBandParameterSets ? track.Entry.ParameterSets?.Units : null);

    private long[] SkipsOf(int[] trackMap)
    {
        var skips = new long[_scales.Length];
        var (part, tracks) = (_first.Part, _first.Part.Header.Tracks);
        for (var track = 0; track < tracks.Count; track++)
        {
            if (trackMap[track] >= 0 && _first.FirstRun(track) is { Exists: true } run)
            {
                var begin = run.Start + Mp4Time.ToUnits(part.Zero - _zero, tracks[track].Timescale);
                skips[trackMap[track]] = Math.Max(0, tracks[track].Delay - begin);
            }
        }

        return skips;
    }

    private void AddFragments(FragmentRange range, FragmentPatch patch, int[] trackMap, long[] shifts)
    {
        if (range.End <= range.First)
            return;

        var span = new FragmentSpan(range, patch, _number, _bytes);
        _spans.Add(span);
        _number += (uint)(range.End - range.First);
        _bytes += span.Bytes;
        var (part, scale, reference) = (range.Part, _scales[_tracks.Reference], Array.IndexOf(trackMap, _tracks.Reference));
        for (var index = range.First; index < range.End; index++)
        {
            var run = reference < 0 ? FragmentRun.None : part.Map.Run(index, reference);
            var start = run.Exists
                ? Mp4Time.Rescale(run.Start, part.Header.Tracks[reference].Timescale, scale) + shifts[reference]
                : Mp4Time.ToUnits(part.TimeOf(index) - _zero, scale) + Skips[_tracks.Reference];
            _index.Add(FragmentSpan.BytesOf(range, index, patch), start, part.Map[index].Key && (run.Exists || reference < 0));
        }
    }

    private void AddSilence(SilentSpan silent)
    {
        var span = silent with { Number = _number++, Start = _bytes };
        _spans.Add(span);
        _bytes += span.Bytes;
        _index.Add(span.Bytes);
    }
}
