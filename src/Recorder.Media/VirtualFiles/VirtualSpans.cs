using Recorder.Media.Fragments;
using Recorder.Media.Mp4;

namespace Recorder.Media.VirtualFiles;

/// <summary>A stretch of a virtual file behind its header.</summary>
/// <param name="Start">Where it begins in the file.</param>
internal abstract record VirtualSpan(long Start)
{
    /// <summary>How long it is.</summary>
    public abstract long Bytes { get; }

    /// <summary>What tells it from another, for the file's tag.</summary>
    public abstract string Name { get; }

    /// <summary>The pieces between two places of the file.</summary>
    public abstract IEnumerable<MediaPiece> Pieces(long from, long to);
}

/// <summary>Silence beside the pictures.</summary>
internal sealed record SilentSpan(SilentSound Sound, uint Track, uint Number, long From, int Frames, long Start) : VirtualSpan(Start)
{
    public override long Bytes => Sound.FragmentBytes(Frames);

    public override string Name => $"/{Track}:{From}+{Frames}*{Sound.FrameDuration}";

    public override IEnumerable<MediaPiece> Pieces(long from, long to) =>
        MediaPiece.Clip([new MediaPiece(null, 0, Bytes, SilentFragment.Write(Sound, Track, Number, From, Frames))], Start, from, to);
}

/// <summary>Fragments of one extent that follow one another in its file.</summary>
internal sealed record FragmentSpan(FragmentRange Range, FragmentPatch Patch, uint Number, long Start) : VirtualSpan(Start)
{
    // Where each fragment begins, counted from the span's beginning: only where something is inserted, else the file says it.
    private readonly long[]? _places = Patch.Sets is null ? null : PlacesOf(Range, Patch);

    public override long Bytes => _places?[^1] ?? PlaceOf(Range.End);

    public override string Name =>
        $"/{Range.Part.Row.Node}/{Range.Part.Row.Number}.{Range.Part.Row.Epoch}:{Range.First}-{Range.End}@{Map[Range.First].Offset}";

    private FragmentMap Map => Range.Part.Map;

    public override IEnumerable<MediaPiece> Pieces(long from, long to)
    {
        var before = FragmentMap.Search(Range.End, index => index >= Range.First && Start + PlaceOf(index) > from) - 1;
        for (var index = Math.Max(before, Range.First); index < Range.End && Start + PlaceOf(index) < to; index++)
        {
            foreach (var piece in MediaPiece.Clip(PiecesOf(index), Start + PlaceOf(index), from, to))
            {
                yield return piece;
            }
        }
    }

    // Between fragments there may be bytes of none: places are those of the virtual file, which leaves nothing out.
    private long PlaceOf(int index) => _places is not null ? _places[index - Range.First]
        : index < Range.End ? Map[index].Offset - Map[Range.First].Offset
        : Map[index - 1].Offset + Map[index - 1].Length - Map[Range.First].Offset;

    private static long[] PlacesOf(FragmentRange range, FragmentPatch patch)
    {
        var places = new long[range.End - range.First + 1];
        for (var index = range.First; index < range.End; index++)
        {
            var fragment = range.Part.Map[index];
            var length = (index + 1 < range.End ? range.Part.Map[index + 1].Offset : fragment.Offset + fragment.Length) - fragment.Offset;
            places[index - range.First + 1] = places[index - range.First] + length + patch.GrowthOf(fragment) + patch.InsertedInto(fragment);
        }

        return places;
    }

    private IEnumerable<MediaPiece> PiecesOf(int index)
    {
        var fragment = Map[index];
        var number = Number + (uint)(index - Range.First);
        // The header of the mdat states its length, which changes with what is inserted.
        var header = fragment.Header + (Patch.Sets is null ? 0 : FragmentPatch.MdatHeader);
        var source = Range.Part.Source;
        yield return new MediaPiece(
            source, fragment.Offset, header, default, bytes => Patch.Apply(bytes.Span, fragment, number), Growth: Patch.GrowthOf(fragment));
        var (at, keys) = (header, Patch.Sets is null ? 0 : fragment.KeyCount);
        for (var key = 0; key < keys; key++)
        {
            yield return new MediaPiece(source, fragment.Offset + at, fragment.KeyAt(key) - at, default);
            yield return new MediaPiece(null, 0, Patch.Sets!.Length, Patch.Sets);
            at = fragment.KeyAt(key);
        }

        var end = index + 1 < Range.End ? Map[index + 1].Offset : fragment.Offset + fragment.Length;
        yield return new MediaPiece(source, fragment.Offset + at, end - fragment.Offset - at, default);
    }
}
