using Recorder.Media.Fragments;
using Recorder.Media.Mp4;

namespace Recorder.Media.VirtualFiles;

/// <summary>Puts the fragments of a virtual file one behind the other, with silence between them where sound is missing.</summary>
internal sealed class VirtualLayout
{
    // A shorter hole players pass over.
    private static readonly TimeSpan ShortestSilence = TimeSpan.FromSeconds(0.5);

    // Sound may come later in the file than the pictures it belongs to: silence must not take its place.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly VirtualTracks _tracks;
    private readonly FragmentRange _first;
    private readonly TimeSpan _zero;
    private readonly uint[] _scales;
    private readonly FragmentRun[] _ends;
    private readonly long[] _silentTo;
    private readonly bool _fillsSilence;
    private readonly List<VirtualSpan> _spans = [];
    private readonly List<IndexedRun> _runs = [];
    private TimeSpan _mediaTo;
    private long _bytes;
    private uint _number = 1;

    public VirtualLayout(VirtualTracks tracks, FragmentRange first, bool silence)
    {
        (_tracks, _first, _zero) = (tracks, first, first.Part.TimeOf(first.First));
        _scales = [.. tracks.All.Select(track => track.Timescale)];
        _ends = new FragmentRun[_scales.Length];
        _ends.AsSpan().Fill(FragmentRun.None);
        Skips = SkipsOf(tracks.PlacesOf(0));
        _silentTo = [.. Skips];
        _fillsSilence = silence && tracks.All.Any(track => track.Source.IsVideo);
    }

    /// <summary>What of each track is decoded before the first picture is shown.</summary>
    public long[] Skips { get; }

    /// <summary>How long the file plays.</summary>
    public TimeSpan Duration
    {
        get
        {
            var reference = _tracks.Reference;
            var end = Mp4Time.ToTime(_ends[reference].End - Skips[reference] + Shown(reference), _scales[reference]);
            for (var track = 0; track < _ends.Length; track++)
            {
                var other = Mp4Time.ToTime(_ends[track].End - Skips[track], _scales[track]);
                end = other > end + Patience ? other : end;
            }

            return end;
        }
    }

    private long ReferenceEnd => Mp4Time.ToUnits(Duration, _scales[_tracks.Reference]) + Skips[_tracks.Reference] - Shown(_tracks.Reference);

    /// <summary>Adds fragments of an extent behind those there are.</summary>
    /// <param name="range">The fragments.</param>
    /// <param name="places">Which track of the file each of the extent's becomes.</param>
    /// <param name="isLast">Whether none follow.</param>
    public void Add(FragmentRange range, IReadOnlyList<int> places, bool isLast)
    {
        var part = range.Part;
        var shifts = Mp4Timeline.ShiftsOf(part, range.First..range.End, _zero, places, _scales, Skips, _ends);
        var patch = new FragmentPatch(part.Header,
        [
            .. places.Select((place, track) => place < 0 ? (TrackPatch?)null : new TrackPatch(
                (uint)place + 1, _scales[place], shifts[track],
                _tracks.All[place].HasSetsInBand ? part.Header.Tracks[track].Entry.Sets?.Units : null)),
        ]);
        var start = range.First;
        for (var index = range.First; index < range.End; index++)
        {
            if (SilenceBefore(part, index, places, shifts) is { Count: > 0 } silent)
            {
                AddFragments(range with { First = start, End = index }, patch, places, shifts);
                start = index;
                silent.ForEach(AddSilence);
            }
        }

        AddFragments(range with { First = start }, patch, places, shifts);
        if (isLast)
        {
            SilenceTo(Duration).ForEach(AddSilence);
        }
    }

    /// <summary>The groups of pictures, for the file's index.</summary>
    public IReadOnlyList<IndexedRun> Index()
    {
        // Until now each has its start where its duration belongs.
        var runs = new List<IndexedRun>(_runs.Count);
        for (var i = 0; i < _runs.Count; i++)
        {
            var next = i + 1 < _runs.Count ? _runs[i + 1].Duration : ReferenceEnd;
            runs.Add(_runs[i] with { Duration = Math.Max(0, next - _runs[i].Duration) });
        }

        return runs;
    }

    /// <summary>The file behind its header.</summary>
    public IReadOnlyList<VirtualSpan> SpansBehind(int header) => [.. _spans.Select(span => span with { Start = span.Start + header })];

    private long[] SkipsOf(IReadOnlyList<int> places)
    {
        var skips = new long[_scales.Length];
        var (part, tracks) = (_first.Part, _first.Part.Header.Tracks);
        for (var track = 0; track < tracks.Count; track++)
        {
            var run = FragmentRun.None;
            for (var i = _first.First; i < _first.End && !run.Exists; i++)
            {
                run = part.Map.Run(i, track);
            }

            if (places[track] >= 0 && run.Exists)
            {
                skips[places[track]] = Math.Max(0, tracks[track].Delay - run.Start - Mp4Time.ToUnits(part.Zero - _zero, tracks[track].Timescale));
            }
        }

        return skips;
    }

    // By how much the last pictures are shown after they are decoded: the same as the first, with a steady order.
    private long Shown(int reference)
    {
        var track = _tracks.PlacesOf(0).ToList().IndexOf(reference);
        return track >= 0 && _first.Part.Map.Run(_first.First, track) is { Exists: true } run ? Math.Max(0, run.Shown) : 0;
    }

    private void AddFragments(FragmentRange range, FragmentPatch patch, IReadOnlyList<int> places, long[] shifts)
    {
        if (range.End <= range.First)
        {
            return;
        }

        var span = new FragmentSpan(range, patch, _number, _bytes);
        _spans.Add(span);
        _number += (uint)(range.End - range.First);
        _bytes += span.Bytes;
        var reference = places.ToList().IndexOf(_tracks.Reference);
        for (var index = range.First; index < range.End; index++)
        {
            var fragment = range.Part.Map[index];
            var run = reference < 0 ? FragmentRun.None : range.Part.Map.Run(index, reference);
            var length = (index + 1 < range.End ? range.Part.Map[index + 1].Offset : fragment.Offset + fragment.Length) - fragment.Offset
                + patch.GrowthOf(fragment) + patch.InsertedInto(fragment);
            var scale = _scales[_tracks.Reference];
            var start = run.Exists
                ? Mp4Time.Rescale(run.Start, range.Part.Header.Tracks[reference].Timescale, scale) + shifts[reference]
                : Mp4Time.ToUnits(range.Part.TimeOf(index) - _zero, scale) + Skips[_tracks.Reference];
            AddRun(length, start, fragment.Key && (run.Exists || reference < 0));
        }
    }

    private void AddRun(long length, long start, bool isKey)
    {
        if (_runs.Count == 0 || (isKey && start >= _runs[^1].Duration) || _runs[^1].Bytes + length > int.MaxValue)
        {
            _runs.Add(new IndexedRun(length, _runs.Count == 0 ? start : Math.Max(start, _runs[^1].Duration), isKey));
        }
        else
        {
            _runs[^1] = _runs[^1] with { Bytes = _runs[^1].Bytes + length };
        }
    }

    private void AddSilence(SilentSpan silent)
    {
        var span = silent with { Number = _number++, Start = _bytes };
        _spans.Add(span);
        _bytes += span.Bytes;
        AddRun(span.Bytes, _runs.Count == 0 ? 0 : _runs[^1].Duration, isKey: false);
    }

    // The sound that is missing beside the pictures up to a fragment. What the fragment has of each track is noted.
    private List<SilentSpan>? SilenceBefore(ExtentPart part, int index, IReadOnlyList<int> places, long[] shifts)
    {
        if (!_fillsSilence)
        {
            return null;
        }

        List<SilentSpan>? silent = null;
        var time = part.TimeOf(index) - _zero;
        if (time - _mediaTo >= ShortestSilence)
        {
            // A gap in everything: nothing waits there.
            silent = SilenceTo(_mediaTo);
            for (var place = 0; place < _scales.Length; place++)
            {
                _silentTo[place] = Math.Max(_silentTo[place], UnitsOf(time, place));
            }
        }

        for (var place = 0; place < _scales.Length; place++)
        {
            var track = IndexOf(places, place);
            var run = track < 0 ? FragmentRun.None : part.Map.Run(index, track);
            // The same timescale: sound of another is a track of its own.
            if (Silence(place, run.Exists ? run.Start + shifts[track] : UnitsOf(time - Patience, place)) is { } span)
            {
                (silent ??= []).Add(span);
            }

            _silentTo[place] = run.Exists ? Math.Max(_silentTo[place], run.End + shifts[track]) : _silentTo[place];
        }

        _mediaTo = part.EndOf(index) - _zero is var end && end > _mediaTo ? end : _mediaTo;
        return silent;
    }

    private List<SilentSpan> SilenceTo(TimeSpan end) => !_fillsSilence ? [] :
        [.. Enumerable.Range(0, _scales.Length).Select(place => Silence(place, UnitsOf(end, place))).OfType<SilentSpan>()];

    private SilentSpan? Silence(int place, long until)
    {
        if (_tracks.All[place] is not { Source.IsVideo: false, Entry.Silence: { } sound } ||
            until - _silentTo[place] < Mp4Time.ToUnits(ShortestSilence, _scales[place]))
        {
            return null;
        }

        var (from, frames) = (_silentTo[place], sound.Frames(_silentTo[place], until));
        _silentTo[place] = from + (frames * (long)sound.FrameDuration);
        return new SilentSpan(sound, (uint)place + 1, 0, from, frames, 0);
    }

    private long UnitsOf(TimeSpan time, int place) => Mp4Time.ToUnits(time, _scales[place]) + Skips[place];

    private static int IndexOf(IReadOnlyList<int> places, int place)
    {
        for (var track = 0; track < places.Count; track++)
        {
            if (places[track] == place)
            {
                return track;
            }
        }

        return -1;
    }
}
