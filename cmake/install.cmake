# What `find_package(dynolith)` finds: the storage library, its headers and what it links with; with
# COMPONENTS odm also the mapper.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(DYNOLITH_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/dynolith)

install(TARGETS dynolith_storage EXPORT dynolith_targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT storage)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/storage DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dynolith
  COMPONENT storage FILES_MATCHING PATTERN "*.h")
install(EXPORT dynolith_targets NAMESPACE dynolith:: DESTINATION ${DYNOLITH_PACKAGE_DIR}
  FILE dynolith-targets.cmake COMPONENT storage)

install(TARGETS dynolith_wire dynolith_odm EXPORT dynolith_odm_targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT odm)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/odm DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dynolith
  COMPONENT odm FILES_MATCHING PATTERN "*.h")
install(EXPORT dynolith_odm_targets NAMESPACE dynolith:: DESTINATION ${DYNOLITH_PACKAGE_DIR}
  FILE dynolith-odm-targets.cmake COMPONENT odm)

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/dynolith-config.cmake.in
  ${PROJECT_BINARY_DIR}/dynolith-config.cmake INSTALL_DESTINATION ${DYNOLITH_PACKAGE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/dynolith-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/dynolith-config.cmake
  ${PROJECT_BINARY_DIR}/dynolith-config-version.cmake
  DESTINATION ${DYNOLITH_PACKAGE_DIR} COMPONENT storage)
