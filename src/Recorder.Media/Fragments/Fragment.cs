namespace Recorder.Media.Fragments;

/// <summary>One <c>moof</c> with its <c>mdat</c>.</summary>
/// <param name="Offset">Where it begins in its file.</param>
/// <param name="Header">Bytes of the <c>moof</c>.</param>
/// <param name="Length">Bytes of both.</param>
/// <param name="Key">Whether decoding of the reference track can begin at its first sample.</param>
internal readonly record struct Fragment(long Offset, int Header, int Length, bool Key)
{
    /// <summary>By how many bytes its header grows when it states the size of each picture.</summary>
    public int Growth { get; init; }

    /// <summary>Where its first key frame begins, counted from its beginning; 0 when it has none.</summary>
    public int FirstKey { get; init; }

    /// <summary>Where further ones begin; null for none, which is usual.</summary>
    public IReadOnlyList<int>? MoreKeys { get; init; }

    /// <summary>Key frames in it.</summary>
    public int KeyCount => (FirstKey > 0 ? 1 : 0) + (MoreKeys?.Count ?? 0);

    /// <summary>Where a key frame of it begins.</summary>
    public int KeyAt(int index) => index == 0 ? FirstKey : MoreKeys![index - 1];

    /// <summary>Key frames that begin before a place in it.</summary>
    public int KeysBefore(int place)
    {
        var count = 0;
        for (var key = 0; key < KeyCount; key++)
        {
            count += KeyAt(key) < place ? 1 : 0;
        }

        return count;
    }
}
