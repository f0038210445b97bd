using Recorder.Media.Mp4;

namespace Recorder.Media.Fragments;

/// <summary>Fragments of one extent that follow one another.</summary>
/// <param name="End">Behind the last fragment.</param>
internal readonly record struct FragmentRange(ExtentPart Part, int First, int End)
{
    private FragmentMap Map => Part.Map;

    public bool Has(int track) => FirstRun(track).Exists;

    public FragmentRun FirstRun(int track)
    {
        for (var index = First; index < End; index++)
        {
            if (Map.Run(index, track) is { Exists: true } run)
                return run;
        }

        return FragmentRun.None;
    }

    public FragmentRun LastRun(int track)
    {
        for (var index = End - 1; index >= First; index--)
        {
            if (Map.Run(index, track) is { Exists: true } run)
                return run;
        }

        return FragmentRun.None;
    }

    /// <summary>Offset in the file behind a fragment and the boxes between it and the next fragment of the range.</summary>
    public long EndOffset(int fragment) =>
        fragment + 1 < End ? Map[fragment + 1].Offset : Map[fragment].Offset + Map[fragment].Length;
}
