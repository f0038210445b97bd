namespace Recorder.Node.Media;

internal static class VolumeFull
{
    // Linux error numbers ENOSPC and EDQUOT.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    public static bool Is(Exception failed) => failed is IOException && (failed.HResult & 0xffff) is NoSpace or QuotaExceeded;
}
