using Recorder.Media.Fragments;

namespace Recorder.Media.Tests;

/// <summary>Takes fragments out of files.</summary>
internal static class FragmentBytes
{
    /// <summary>The header of an extent's first fragment.</summary>
    public static byte[] First(Extent extent)
    {
        var fragment = new FragmentMaps().Open(extent)!.Map[0];
        return File.ReadAllBytes(extent.Path).AsSpan((int)fragment.Offset, fragment.HeaderLength).ToArray();
    }
}
