namespace Recorder.Integration.Tests.Harness;

/// <summary>A spec that mounts file systems: left out, with a reason, where it may not.</summary>
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute()
    {
        if (Environment.UserName != "root" || !File.Exists("/dev/loop-control"))
            Skip = "Only root can mount a device to cut.";
    }
}

/// <summary>
/// A disk whose power can be cut: ext4 on a loop device. What a program wrote and did not sync is in the kernel's cache of that file
/// system and not on the device; a copy of the device's file is what a machine finds that starts again after the cut.
/// </summary>
public sealed class CuttableDevice : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private int _lives;

    private CuttableDevice()
    {
    }

    /// <summary>Where it is mounted in its present life.</summary>
    public string Root => _folder.File($"life-{_lives}");

    private string Image => _folder.File($"image-{_lives}");

    public static async Task<CuttableDevice> CreateAsync(int megabytes)
    {
        var device = new CuttableDevice();
        await RunAsync("truncate", "-s", $"{megabytes}M", device.Image);
        await RunAsync("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", device.Image);
        await device.MountAsync();
        return device;
    }

    /// <summary>Cuts the power, at once, and starts again with what the device then holds. Whoever wrote to it must be dead.</summary>
    public async Task CutAsync()
    {
        var (image, root) = (Image, Root);
        _lives++;
        await RunAsync("cp", "--sparse=always", image, Image);
        await RunAsync("umount", root);
        File.Delete(image);
        await MountAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync("umount", [Root]);
        _folder.Dispose();
    }

    private async Task MountAsync()
    {
        Directory.CreateDirectory(Root);
        await RunAsync("mount", "-o", "loop", Image, Root);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var result = await Command.RunAsync(program, arguments);
        result.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {result.Error}");
    }
}
