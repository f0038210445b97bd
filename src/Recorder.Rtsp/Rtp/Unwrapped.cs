namespace Recorder.Rtsp.Rtp;

/// <summary>Turns counters that wrap into ones that do not: each value is taken for the nearest to the one before.</summary>
internal static class Unwrapped
{
    public static long Next(long before, ushort value) => before + (short)(value - (ushort)before);

    public static long Next(long before, uint value) => before + (int)(value - (uint)before);
}
