using Recorder.Media.Fragments;
using Recorder.Media.Mp4;

namespace Recorder.Media.VirtualFiles;

internal abstract record VirtualSpan(long Start)
{
    public abstract long Bytes { get; }

    /// <summary>Names the bytes of the span, for the file's entity tag.</summary>
    public abstract string Name { get; }

    public abstract IEnumerable<MediaPiece> Pieces(long from, long to);
}

internal sealed record SilentSpan(SilentSound Sound, uint Track, uint Number, long From, int Frames, long Start)
    : VirtualSpan(Start)
{
    public override long Bytes => Sound.FragmentBytes(Frames);

    public override string Name => $"/{Track}:{From}+{Frames}*{Sound.FrameDuration}";

    public override IEnumerable<MediaPiece> Pieces(long from, long to) =>
        MediaPiece.Clip([MediaPiece.Of(SilentFragment.Write(Sound, Track, Number, From, Frames))], Start, from, to);
}

/// <summary>Fragments of one extent that follow one another in its file.</summary>
internal sealed record FragmentSpan(FragmentRange Range, FragmentPatch Patch, uint Number, long Start) : VirtualSpan(Start)
{
    // Where each fragment begins, counted from the span's beginning, and where the last one ends; null when nothing is inserted:
    // as in the file.
    private readonly long[]? _offsets = Patch.ParameterSets is null ? null : OffsetsOf(Range, Patch);

    public override long Bytes => _offsets?[^1] ?? Range.EndOffset(Range.End - 1) - Map[Range.First].Offset;

    public override string Name =>
        $"/{Extent.Node}/{Extent.Number}.{Extent.Epoch}:{Range.First}-{Range.End}@{Map[Range.First].Offset}";

    private Extent Extent => Range.Part.Extent;

    private FragmentMap Map => Range.Part.Map;

    public static long BytesOf(FragmentRange range, int index, FragmentPatch patch)
    {
        var fragment = range.Part.Map[index];
        return range.EndOffset(index) - fragment.Offset + patch.AddedHeaderBytes(fragment) + patch.AddedMediaBytes(fragment);
    }

    public override IEnumerable<MediaPiece> Pieces(long from, long to)
    {
        var before = FragmentMap.Search(Range.End, index => index >= Range.First && Start + OffsetOf(index) > from) - 1;
        for (var index = Math.Max(before, Range.First); index < Range.End && Start + OffsetOf(index) < to; index++)
        {
            foreach (var piece in MediaPiece.Clip(PiecesOf(index), Start + OffsetOf(index), from, to))
                yield return piece;
        }
    }

    private static long[] OffsetsOf(FragmentRange range, FragmentPatch patch)
    {
        var offsets = new long[range.End - range.First + 1];
        for (var index = range.First; index < range.End; index++)
            offsets[index - range.First + 1] = offsets[index - range.First] + BytesOf(range, index, patch);

        return offsets;
    }

    private long OffsetOf(int index) => _offsets?[index - Range.First] ?? Map[index].Offset - Map[Range.First].Offset;

    private IEnumerable<MediaPiece> PiecesOf(int index)
    {
        var fragment = Map[index];
        var number = Number + (uint)(index - Range.First);
        // The header of the mdat states its size, which changes with what is inserted.
        var header = fragment.HeaderLength + (Patch.ParameterSets is null ? 0 : FragmentPatch.MdatHeader);
        var source = Range.Part.Source;
        yield return new MediaPiece(
            source, fragment.Offset, header, default, bytes => Patch.Apply(bytes.Span, fragment, number),
            AddedBytes: Patch.AddedHeaderBytes(fragment));
        var at = header;
        for (var key = 0; Patch.ParameterSets is not null && key < fragment.KeyCount; key++)
        {
            yield return new MediaPiece(source, fragment.Offset + at, fragment.KeyOffset(key) - at, default);
            yield return MediaPiece.Of(Patch.ParameterSets);
            at = fragment.KeyOffset(key);
        }

        yield return new MediaPiece(source, fragment.Offset + at, Range.EndOffset(index) - fragment.Offset - at, default);
    }
}
