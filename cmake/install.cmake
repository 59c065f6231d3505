# What `find_package(dynolith)` finds.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
