using System.Diagnostics;

namespace Recorder.FFmpeg.Tests;

/// <summary>Runs FFmpeg's programs, which check what the library wrote.</summary>
internal static class Tool
{
    public static string Run(string program, params string[] arguments)
    {
        var (code, output, error) = Try(program, arguments);
        code.ShouldBe(0, $"{program} {string.Join(' ', arguments)}\n{error}");
        return output;
    }

    public static (int Code, string Output, string Error) Try(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    public static void FFmpeg(params string[] arguments) => Run("ffmpeg", ["-v", "error", "-y", "-nostdin", .. arguments]);

    /// <summary>Decodes the whole file. Any error message fails the spec.</summary>
    public static void ShouldDecode(string path)
    {
        var (code, _, error) = Try("ffmpeg", "-v", "error", "-xerror", "-nostdin", "-i", path, "-map", "0", "-f", "null", "-");
        error.ShouldBeEmpty($"decoding {path}");
        code.ShouldBe(0);
    }
}
