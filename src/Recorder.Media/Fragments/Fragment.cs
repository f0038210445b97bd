namespace Recorder.Media.Fragments;

/// <summary>One <c>moof</c> with its <c>mdat</c>.</summary>
internal readonly record struct Fragment(long Offset, int HeaderLength, int Length, bool Key)
{
    /// <summary>Bytes that the header grows by when it states the size of each video sample.</summary>
    public int SizeTableBytes { get; init; }

    /// <summary>Where the first key frame begins, counted from the fragment's beginning; 0 without one.</summary>
    public int FirstKeyOffset { get; init; }

    /// <summary>Where further key frames begin; null for none, the usual case.</summary>
    public IReadOnlyList<int>? OtherKeyOffsets { get; init; }

    public int KeyCount => (FirstKeyOffset > 0 ? 1 : 0) + (OtherKeyOffsets?.Count ?? 0);

    public int KeyOffset(int index) => index == 0 ? FirstKeyOffset : OtherKeyOffsets![index - 1];

    public int KeysBefore(int offset)
    {
        var count = 0;
        for (var key = 0; key < KeyCount; key++)
            count += KeyOffset(key) < offset ? 1 : 0;

        return count;
    }

    public Fragment WithKeys(IReadOnlyList<int> offsets, int sizeTableBytes) => this with
    {
        SizeTableBytes = sizeTableBytes,
        FirstKeyOffset = offsets.Count > 0 ? offsets[0] : 0,
        OtherKeyOffsets = offsets.Count > 1 ? [.. offsets.Skip(1)] : null,
    };
}
