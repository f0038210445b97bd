using System.Globalization;

namespace Recorder.Browser.Tests.Wall;

/// <summary>The processor time of a process, as the kernel counts it.</summary>
internal static class CpuTime
{
    private const double TicksPerSecond = 100;

    public static TimeSpan Of(int process)
    {
        // The name in brackets may contain blanks; user and system time are fields 14 and 15.
        var text = File.ReadAllText($"/proc/{process}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
    }
}
